using System.Text;
using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Metrics;
using Xunit;

namespace KtpGrpc.Server.Tests.Metrics;

public sealed class LabelTextTests
{
    [Fact]
    public void Labels_InAnyOrder_AreTheSameText()
    {
        KeyValuePair<string, object?>[] labels = [new("b", 1.5), new("a.x", true), new("c", null), new("1", "x")];

        var texts = new[] { labels, [.. labels.Reverse()] }.Select(order => Encoding.UTF8.GetString(LabelText.Of(order))).Distinct();

        Assert.Equal("_1=\"x\",a_x=\"true\",b=\"1.5\",c=\"\"", Assert.Single(texts));
    }

    [Fact]
    public void Value_OfAnyText_IsReadBackByTheRulesOfTheFormat() => Property.Holds(
        Gen.Elements('a', '"', '\\', '\n', 'é', ' ', '}').ArrayOf().Select(letters => new string(letters)),
        value =>
        {
            var text = Encoding.UTF8.GetString(LabelText.Of(new KeyValuePair<string, object?>("name", value)));

            Assert.Equal(value, Unescape(text["name=\"".Length..^1]));
            Assert.DoesNotContain('\n', text);
        });

    [Fact]
    public void Labels_TooLongForTheSpace_SaySo()
    {
        KeyValuePair<string, object?>[] labels = [new("name", "value")];
        var whole = LabelText.Of(labels).Length;

        for (var size = 0; size < whole; size++)
        {
            Assert.False(LabelText.TryWrite(labels, new char[size], out _));
        }

        Assert.True(LabelText.TryWrite(labels, new char[whole], out _));
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            Assert.NotEqual('"', text[i]);
            plain.Append(text[i] != '\\' ? text[i] : text[++i] switch { 'n' => '\n', var letter => letter });
        }

        return plain.ToString();
    }
}
