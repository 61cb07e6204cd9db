using KtpGrpc.Agent.Tests.Outbox;

return args is ["append", var directory] ? AppendingChild.Run(directory) : 2;
