using KtpGrpc.Functional;

return args is [PrintingChild.Verb, var folder, var control, var upload] ? await PrintingChild.RunAsync(folder, new Uri(control), new Uri(upload)) : 2;
