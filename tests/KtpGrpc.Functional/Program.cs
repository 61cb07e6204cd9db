using KtpGrpc.Functional;
using KtpGrpc.Functional.Printing;

// The tests start this program as an agent of its own, to kill it.
return args switch
{
    [StationChild.Verb, var folder, var control, var upload] => await StationChild.RunAsync(folder, new Uri(control), new Uri(upload)),
    [PrintingChild.Verb, var server, var station, var printer, var serial, var stop] => await PrintingChild.RunAsync(new Uri(server), station, printer, serial, stop),
    _ => 2,
};
