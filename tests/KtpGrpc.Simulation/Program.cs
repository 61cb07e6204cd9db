return KtpGrpc.Simulation.CommandLine.Run(args);
