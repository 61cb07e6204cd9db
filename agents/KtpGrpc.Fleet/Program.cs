return await KtpGrpc.Fleet.CommandLine.RunAsync(args);
