return await KtpGrpc.Server.CommandLine.RunAsync(args);
