using KtpGrpc.Functional;
using Crash = KtpGrpc.Functional.Printing.PrintingChild;

// The tests start this program as an agent of its own, to kill it.
return args switch
{
    [PrintingChild.Verb, var folder, var control, var upload] => await PrintingChild.RunAsync(folder, new Uri(control), new Uri(upload)),
    ["print", var server, var station, var printer, var serial, var stop] => await Crash.RunAsync(new Uri(server), station, printer, serial, stop),
    _ => 2,
};
