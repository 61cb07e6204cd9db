using System.Diagnostics;
using System.Text;
using KtpGrpc.Agent.Outbox;

namespace KtpGrpc.Agent.Tests.Outbox;

/// <summary>
/// A process that appends until it is killed, and says every position it was answered: <c>position number .</c>.
/// </summary>
internal static class AppendingChild
{
    /// <summary>Without it the kill has cut the line, and with it perhaps the number.</summary>
    public const string EndOfLine = ".";

    public static Process Start(string directory)
    {
        var assembly = typeof(AppendingChild).Assembly.Location;
        return Process.Start(new ProcessStartInfo("dotnet", ["exec", assembly, "append", directory]) { RedirectStandardOutput = true })!;
    }

    public static int Run(string directory)
    {
        using var outbox = DiskOutbox.Open(directory, new OutboxOptions { SegmentBytes = 2048 });
        for (var number = 0; ; number++)
        {
            if (outbox.Append(Payload(number)) is not AppendOutcome.Appended appended)
            {
                return 1;
            }

            Console.Out.WriteLine($"{appended.Position} {number} {EndOfLine}");
            Console.Out.Flush();
        }
    }

    public static byte[] Payload(int number) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"record {number} ", 1 + (number % 7))));
}
