using KtpGrpc.Functional.Printing;

// The tests start this program as an agent of its own, to kill it.
return args is ["print", var server, var station, var printer, var serial, var stop] ? await PrintingChild.RunAsync(new Uri(server), station, printer, serial, stop) : 2;
