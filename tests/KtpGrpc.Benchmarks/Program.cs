return await KtpGrpc.Benchmarks.CommandLine.RunAsync(args);
