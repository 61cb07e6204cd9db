return KtpGrpc.Detection.CommandLine.Run(args);
