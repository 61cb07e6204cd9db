using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace KtpGrpc.Testing;

/// <summary>
/// A real PostgreSQL in a folder of its own, on a free loopback port, as durable as in production. It stops, and its folder goes,
/// when this process ends, however it ends: the shell above it waits for the end of our pipe.
/// </summary>
internal sealed class PostgresServer : IDisposable
{
    private const int OldestVersion = 15;

    /// <summary>The newest that Debian's packages put here, from 15 on; where there is none, the place that is named to who misses it.</summary>
    public static string Binaries { get; } = Newest("/usr/lib/postgresql");

    // Run as the user postgres when we are root, which PostgreSQL refuses to be. Signals meant for our whole group are left to
    // PostgreSQL, so that the shell lives on to take the folder away. It is told to stop until it is gone: one that has only just
    // been started does not hear the first time.
    private const string Run = """
        trap '' INT TERM HUP
        bin=$1 folder=$2 port=$3
        mkdir -m 700 "$folder" && exec >"$folder/log" 2>&1 || exit 1
        "$bin/initdb" -U postgres -A trust -E UTF8 --locale=C --no-sync -D "$folder/data" || exit 1
        "$bin/postgres" -D "$folder/data" -c listen_addresses=127.0.0.1 -c port="$port" \
            -c unix_socket_directories="$folder" -c max_connections=300 &
        cat >/dev/null
        while kill -INT $!; do sleep 0.05; done
        rm -rf "$folder"
        """;

    private readonly Process _shell;

    private PostgresServer(Process shell, string folder, int port)
    {
        _shell = shell;
        Folder = folder;
        Port = port;
    }

    /// <summary>Where it keeps its data, its log and its socket.</summary>
    public string Folder { get; }

    public int Port { get; }

    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database}";

    /// <summary>Starts one and waits until it answers.</summary>
    public static async Task<PostgresServer> StartAsync(string binaries)
    {
        if (!File.Exists(Path.Combine(binaries, "postgres")))
        {
            throw new InvalidOperationException(
                $"PostgreSQL {OldestVersion} or newer is not in {binaries}. Install it (apt-get install postgresql), or run ./test, which does.");
        }

        // The folder is not below TMPDIR: that may be closed to the user postgres, or too long for a socket's name.
        var (folder, port) = ($"/tmp/ktp-postgres-{Guid.NewGuid():N}", FreePort());
        string[] shell = ["/bin/sh", "-c", Run, "sh", binaries, folder, $"{port}"];
        string[] command = Environment.IsPrivilegedProcess ? ["/usr/sbin/runuser", "-u", "postgres", "--", .. shell] : shell;
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, WorkingDirectory = "/" };
        var server = new PostgresServer(Process.Start(start)!, folder, port);
        try
        {
            await Eventually.HoldsAsync(async () => server._shell.HasExited || await server.AnswersAsync(), TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException late)
        {
            throw await server.FailedAsync(late);
        }

        return server._shell.HasExited ? throw await server.FailedAsync(null) : server;
    }

    /// <summary>Stops it and waits until its folder is gone.</summary>
    public void Dispose()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
    }

    private async Task<InvalidOperationException> FailedAsync(Exception? cause)
    {
        var log = Path.Combine(Folder, "log");
        var told = File.Exists(log) ? await File.ReadAllTextAsync(log) : $"nothing: {Folder} could not be made";
        Dispose();
        return new InvalidOperationException($"PostgreSQL did not start. It told {told}", cause);
    }

    private async Task<bool> AnswersAsync()
    {
        await using var connection = new NpgsqlConnection($"{ConnectionString("postgres")};Pooling=false");
        await connection.OpenAsync();
        return true;
    }

    // Below the ports that the system gives to clients, so that none of their connections takes it before PostgreSQL does.
    private static int FreePort()
    {
        while (true)
        {
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 32_000));
                probe.Start();
                return ((IPEndPoint)probe.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken: try the next one.
            }
        }
    }

    private static string Newest(string folder)
    {
        var versions = Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder).Select(path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0)
            : [];
        return Path.Combine(folder, $"{versions.Where(version => version >= OldestVersion && File.Exists($"{folder}/{version}/bin/postgres")).DefaultIfEmpty(OldestVersion).Max()}", "bin");
    }
}
