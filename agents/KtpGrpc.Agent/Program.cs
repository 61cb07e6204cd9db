return await KtpGrpc.Agent.CommandLine.RunAsync(args);
