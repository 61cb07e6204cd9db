using System.Diagnostics;
using KtpGrpc.Testing;

namespace KtpGrpc.Simulation.Plants;

/// <summary>A copy of the sources with every bug planted, built once, and the simulation run in it.</summary>
internal sealed class Garden : IDisposable
{
    private static readonly string[] _copied = ["server", "agents/KtpGrpc.Agent", "protos", "compat", "tests/KtpGrpc.Testing", "tests/KtpGrpc.Simulation"];

    private readonly TempFolder _root = new();

    public Garden(string repository)
    {
        foreach (var file in Directory.EnumerateFiles(repository).Where(file => Path.GetExtension(file) is ".props" or ".json" or ".txt" or ".editorconfig"))
        {
            Copy(file, _root[Path.GetFileName(file)]);
        }

        foreach (var folder in _copied)
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(repository, folder), "*", SearchOption.AllDirectories).Where(file => !IsBuilt(Path.GetRelativePath(repository, file))))
            {
                Copy(file, _root[Path.GetRelativePath(repository, file)]);
            }
        }

        foreach (var (plant, edit) in Plant.All.SelectMany(plant => plant.Edits.Select(edit => (plant, edit))))
        {
            var file = _root[edit.File];
            File.WriteAllText(file, edit.Done(File.ReadAllText(file), plant.Name));
        }
    }

    private string Program => _root["tests/KtpGrpc.Simulation/bin/Release/net10.0/KtpGrpc.Simulation.dll"];

    public void Build() => Run(
        null, "build", "tests/KtpGrpc.Simulation", "-c", "Release", "-v", "quiet", "-clp:NoSummary", "-p:TreatWarningsAsErrors=false", "-p:EnforceCodeStyleInBuild=false", "-p:RunAnalyzers=false");

    /// <summary>Plays seeds until a planted bug is found; the lines that the simulation ended with.</summary>
    public (bool Found, string Output) Find(string plant, long seeds)
    {
        var (code, output) = Start(plant, Program, "--seeds", $"{seeds}", "--stop-at-first");
        return code switch
        {
            0 => (false, output),
            1 => (true, output),
            _ => throw new InvalidOperationException($"The simulation with {plant} ended with {code}:\n{output}"),
        };
    }

    public void Dispose() => _root.Dispose();

    private static bool IsBuilt(string path) => path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules");

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }

    private void Run(string? plant, params string[] arguments)
    {
        var (code, output) = Start(plant, arguments);
        if (code != 0)
        {
            throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {code}:\n{output}");
        }
    }

    private (int Code, string Output) Start(string? plant, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = _root.Path, RedirectStandardOutput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment[Plant.Variable] = plant;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
