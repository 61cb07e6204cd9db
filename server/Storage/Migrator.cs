using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KtpGrpc.Server.Storage;

/// <summary>
/// Brings a database to this program's version: the numbered SQL files that lie in the features' folders, each once, in
/// order, all in one transaction. A file that was applied must never change again.
/// </summary>
internal static class Migrator
{
    public static Task MigrateAsync(Database database, CancellationToken cancellation) => database.WriteAsync(async tx =>
    {
        if (tx.Dialect == Dialect.Postgres)
        {
            // Two servers that start together take turns.
            await tx.ExecuteAsync("SELECT pg_advisory_xact_lock(7437)");
            await RequireByteOrderAsync(tx);
        }

        await tx.ExecuteAsync("CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL)");
        var applied = await tx.ListAsync("SELECT number, sha256 FROM migrations", row => (Number: row.GetInt64(0), Sha256: row.GetString(1)));
        var known = Load();
        foreach (var (number, sha256) in applied)
        {
            var migration = known.Find(candidate => candidate.Number == number)
                ?? throw new InvalidOperationException($"The database has migration {number}, which this program does not know: start a newer version.");
            if (migration.Sha256 != sha256)
            {
                throw new InvalidOperationException($"Migration {migration.Name} was changed after it had been applied: restore the file.");
            }
        }

        foreach (var migration in known.Where(candidate => applied.TrueForAll(done => done.Number != candidate.Number)))
        {
            foreach (var statement in tx.Dialect.Fill(migration.Sql).Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                await tx.ExecuteAsync(statement);
            }

            await tx.ExecuteAsync("INSERT INTO migrations (number, name, sha256) VALUES ($1, $2, $3)", migration.Number, migration.Name, migration.Sha256);
        }
    }, cancellation);

    /// <summary>Codes are compared and paged byte by byte, as SQLite does it; a language's order would leave regions out.</summary>
    private static async ValueTask RequireByteOrderAsync(Tx tx)
    {
        var order = await tx.FirstAsync(
            "SELECT CASE datlocprovider WHEN 'c' THEN datcollate ELSE 'icu' END FROM pg_database WHERE datname = current_database()", row => row.GetString(0));
        if (order is not ("C" or "POSIX" or "C.UTF-8" or "C.utf8"))
        {
            throw new InvalidOperationException(
                $"The database sorts texts by '{order}': make one with CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'.");
        }
    }

    /// <summary>Resource names are <c>Feature/Migrations/NNNN.sql</c>; the number is unique over all features.</summary>
    private static List<Migration> Load()
    {
        var assembly = typeof(Migrator).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                var sql = reader.ReadToEnd();
                var number = long.Parse(Path.GetFileNameWithoutExtension(name), CultureInfo.InvariantCulture);
                return new Migration(number, name, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
            })
            .OrderBy(migration => migration.Number)];
    }

    private sealed record Migration(long Number, string Name, string Sql, string Sha256);
}
