using Google.Protobuf;
using Google.Protobuf.Reflection;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Contract;

/// <summary>
/// Peers are in the field for years: what was once approved stays. To approve a change, run the tests with KTP_APPROVE=1
/// and read the difference of approved.txt as a reviewer: added lines are harmless, removed or changed ones break peers.
/// </summary>
public sealed class ContractTests
{
    private static readonly string _approved = Path.Combine(Repository.Root, "tests", "KtpGrpc.Server.Tests", "Contract", "approved.txt");

    [Fact]
    public async Task Contract_AsItIsNow_IsTheApprovedOne()
    {
        var present = Contract.Lines(Contract.Files);
        if (Environment.GetEnvironmentVariable("KTP_APPROVE") == "1")
        {
            await File.WriteAllLinesAsync(_approved, present);
        }

        Assert.Equal("", Difference(await File.ReadAllLinesAsync(_approved), present));
    }

    [Theory]
    [InlineData("message Station { string id = 2; string name = 3; }", "gone or changed", "t.Station.id = 1: string")]
    [InlineData("message Station { bytes id = 1; string name = 3; }", "gone or changed", "t.Station.id = 1: string")]
    [InlineData("message Station { repeated string id = 1; string name = 3; }", "gone or changed", "t.Station.id = 1: string")]
    [InlineData("message Station { string id = 1; }", "gone or changed", "t.Station.name = 3: string")]
    [InlineData("message Other { string id = 1; string name = 3; }", "gone or changed", "t.Station: message")]
    [InlineData("message Station { string id = 1; string name = 3; int32 more = 4; }", "not approved yet", "t.Station.more = 4: int32")]
    public void Change_OfAnyKind_IsSeenAndNamed(string changed, string verdict, string line)
    {
        var difference = Difference(LinesOf("message Station { string id = 1; string name = 3; }"), LinesOf(changed));

        Assert.Contains(difference.Split('\n'), found => found.Contains(verdict, StringComparison.Ordinal) && found.EndsWith(line, StringComparison.Ordinal));
    }

    [Fact]
    public void Order_OfTheLines_DoesNotMatter() => Assert.Equal("", Difference(["a", "b"], ["b", "a"]));

    private static string Difference(IReadOnlyList<string> approved, IReadOnlyList<string> present)
    {
        var lines = approved.Except(present).Select(line => $"gone or changed, which breaks peers: {line}")
            .Concat(present.Except(approved).Select(line => $"not approved yet: {line}")).ToList();
        return lines.Count == 0 ? "" : string.Join('\n', lines.Prepend("The contract is not the approved one. To approve it: KTP_APPROVE=1 dotnet test tests/KtpGrpc.Server.Tests --filter ContractTests"));
    }

    /// <summary>The lines of one small message, compiled here from the few forms that the tests use.</summary>
    private static IReadOnlyList<string> LinesOf(string source)
    {
        var words = source.Split([' ', '{', '}', ';', '='], StringSplitOptions.RemoveEmptyEntries);
        var message = new DescriptorProto { Name = words[1] };
        for (var rest = words[2..]; rest.Length > 0; rest = rest[3..])
        {
            var repeated = rest[0] == "repeated";
            rest = repeated ? rest[1..] : rest;
            message.Field.Add(new FieldDescriptorProto
            {
                Name = rest[1],
                Number = int.Parse(rest[2]),
                Type = Enum.Parse<FieldDescriptorProto.Types.Type>(rest[0], ignoreCase: true),
                Label = repeated ? FieldDescriptorProto.Types.Label.Repeated : FieldDescriptorProto.Types.Label.Optional,
            });
        }

        var file = new FileDescriptorProto { Name = "t.proto", Package = "t", Syntax = "proto3", MessageType = { message } };
        return Contract.Lines(FileDescriptor.BuildFromByteStrings([file.ToByteString()]));
    }
}
