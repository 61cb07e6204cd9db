using Mono.Cecil;

namespace KtpGrpc.Architecture;

public sealed class HouseTests
{
    private const string Root = "KtpGrpc.Server";
    private static readonly string _server = Repository.Assembly(Path.Combine(Repository.Root, "server", "KtpGrpc.Server.csproj"));
    private static readonly string _document = Path.Combine(Repository.Root, "docs", "architecture.md");

    [Fact]
    public void Folders_OfTheServer_NameOnlyWhatStandsLeftOfThem()
    {
        var faults = House.Read(_server, Root).Faults(Columns.Read(File.ReadAllText(_document))).ToArray();

        Assert.True(faults.Length == 0, string.Join('\n', ["The rule is in docs/architecture.md, Who may name whom:", .. faults]));
    }

    [Fact]
    public void Picture_OfTheServer_IsUpToDate()
    {
        var document = File.ReadAllText(_document);

        var drawn = Picture.Into(document, Picture.Draw(House.Read(_server, Root), Columns.Read(document)));
        if (Environment.GetEnvironmentVariable("KTP_DRAW") == "1")
        {
            File.WriteAllText(_document, drawn);
            return;
        }

        Assert.True(drawn == document, "The picture in docs/architecture.md is out of date. Redraw it: KTP_DRAW=1 ./test Architecture");
    }

    [Fact]
    public void ServerAndAgents_MeetOnlyInTheContract()
    {
        var agents = Directory.GetFiles(Path.Combine(Repository.Root, "agents"), "*.csproj", SearchOption.AllDirectories);
        var assemblies = agents.Select(Repository.Assembly).ToArray();
        var names = assemblies.Select(Path.GetFileNameWithoutExtension).ToHashSet();

        Assert.NotEmpty(assemblies);
        Assert.DoesNotContain(References(_server), names.Contains);
        Assert.All(assemblies, agent => Assert.DoesNotContain("KtpGrpc.Server", References(agent)));
    }

    private static string[] References(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly);
        return [.. module.AssemblyReferences.Select(reference => reference.Name)];
    }
}
