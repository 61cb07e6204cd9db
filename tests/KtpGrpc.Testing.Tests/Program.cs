using KtpGrpc.Testing;

// A test run that is about to be killed: it holds a PostgreSQL and a child, tells where they are, and waits.
using var server = await PostgresServer.StartAsync(PostgresServer.Binaries);
using var child = ChildProcess.Start("sleep", ["600"]);
Console.WriteLine($"folder {server.Folder} port {server.Port} child {child.Id}");
await Task.Delay(TimeSpan.FromMinutes(10), TimeProvider.System);
