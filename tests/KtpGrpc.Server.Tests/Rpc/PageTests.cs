using System.Text;
using FsCheck.Fluent;
using Grpc.Core;
using KtpGrpc.Server.Rpc;
using Xunit;

namespace KtpGrpc.Server.Tests.Rpc;

public sealed class PageTests
{
    [Fact]
    public void Pages_OneAfterTheOther_ShowEachRowOnceInOrder() => Property.Holds(
        Gen.Choose(0, 50).Zip(Gen.Choose(1, 12)), drawn =>
        {
            var (count, size) = drawn;
            var all = Enumerable.Range(0, count).Select(i => $"{i:000}é").ToList();
            var shown = new List<string>();

            for (var (token, more) = ("", true); more; more = token.Length > 0)
            {
                var page = Page.Of(size, token);
                var rows = all.Where(row => string.CompareOrdinal(row, page.After) > 0).Take(page.Limit).ToList();
                token = page.Cut(rows, row => row);
                Assert.True(rows.Count <= size);
                shown.AddRange(rows);
            }

            Assert.Equal(all, shown);
        });

    [Theory]
    [InlineData(-1, "")]
    [InlineData(1001, "")]
    [InlineData(int.MinValue, "")]
    [InlineData(0, "not base64!")]
    [InlineData(0, "AA==")]
    public void Page_ThatCannotBe_IsRefused(int size, string token) =>
        Assert.Equal(StatusCode.InvalidArgument, Assert.Throws<RpcException>(() => Page.Of(size, token)).StatusCode);

    [Fact]
    public void Page_OfNoSize_HasTheUsualOne() => Assert.Equal(new Page(100, "x"), Page.Of(0, Convert.ToBase64String(Encoding.UTF8.GetBytes("x"))));
}
