using KtpGrpc.Ctl;

return await CommandLine.RunAsync(args, Terminal.OfConsole());
