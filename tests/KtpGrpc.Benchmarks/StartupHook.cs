using System.Runtime.InteropServices;

/// <summary>
/// Runs inside both servers before they start (DOTNET_STARTUP_HOOKS), so that they can be asked the same from outside:
/// SIGUSR1 collects all garbage first, SIGUSR2 only tells. The runtime wants this name, without a namespace.
/// </summary>
internal static class StartupHook
{
    private const int SigUsr1 = 10;
    private const int SigUsr2 = 12;

    private static readonly List<PosixSignalRegistration> _registrations = [];
    private static int _told;

    public static void Initialize()
    {
        Listen(SigUsr1, collects: true);
        Listen(SigUsr2, collects: false);
    }

    private static void Listen(int signal, bool collects) => _registrations.Add(PosixSignalRegistration.Create((PosixSignal)signal, context =>
    {
        // Else the signal does what it does to a process that knows nothing of it: end it.
        context.Cancel = true;
        for (var i = 0; collects && i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        Tell();
    }));

    private static void Tell() =>
        Console.WriteLine($"runtime {Interlocked.Increment(ref _told)}: gen2 {GC.CollectionCount(2)}, allocated {GC.GetTotalAllocatedBytes()}, heap {GC.GetTotalMemory(false)}");
}
