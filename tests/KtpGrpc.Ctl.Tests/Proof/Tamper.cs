using System.Text;
using KtpGrpc.Ctl.Proof;
using Xunit;

namespace KtpGrpc.Ctl.Tests.Proof;

/// <summary>Changes a file at random in every way that a file is changed; each time something must be found.</summary>
internal static class Tamper
{
    /// <summary>How many of so many changes were found; the first that was not fails.</summary>
    public static void FindsAll(byte[] file, int changes, int seed, Func<SignedFile, IEnumerable<(string Name, string Value)>> check)
    {
        var (random, kinds) = (new Random(seed), new Dictionary<string, int>());
        for (var i = 0; i < changes;)
        {
            var (kind, changed) = Change(file, random);
            if (changed.AsSpan().SequenceEqual(file))
            {
                continue;
            }

            i++;
            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
            Assert.False(Holds(changed, check), $"{kind}, change {i} of seed {seed}, was not found: {Encoding.UTF8.GetString(changed)}");
        }

        Assert.All(kinds, kind => Assert.True(kind.Value >= changes / 50, $"{kind.Key} was done {kind.Value} times: that proves nothing."));
        Assert.Equal(9, kinds.Count);
    }

    public static bool Holds(byte[] file, Func<SignedFile, IEnumerable<(string Name, string Value)>> check)
    {
        try
        {
            using var stream = new MemoryStream(file);
            Verification.Check(stream, null, check);
            return true;
        }
        catch (FindingException)
        {
            return false;
        }
    }

    private static (string Kind, byte[] Changed) Change(byte[] file, Random random)
    {
        var bytes = file.ToList();
        var at = random.Next(bytes.Count);
        switch (random.Next(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return ("flip", [.. bytes]);
            case 1:
                bytes.Insert(at, file[random.Next(file.Length)]);
                return ("insert", [.. bytes]);
            case 2:
                bytes.RemoveAt(at);
                return ("delete", [.. bytes]);
            case 3:
                bytes.RemoveRange(at, Math.Min(random.Next(1, 200), bytes.Count - at));
                return ("cut", [.. bytes]);
            case 4:
                bytes.RemoveRange(at, bytes.Count - at);
                return ("truncate", [.. bytes]);
            case 5:
                var digits = Enumerable.Range(0, file.Length).Where(i => char.IsAsciiDigit((char)file[i])).ToList();
                bytes[digits[random.Next(digits.Count)]] = (byte)('0' + random.Next(10));
                return ("digit", [.. bytes]);
            case 6:
                return ("swap lines", Lines(file, lines =>
                {
                    var (one, other) = (random.Next(lines.Count), random.Next(lines.Count));
                    (lines[one], lines[other]) = (lines[other], lines[one]);
                }));
            case 7:
                return ("repeat a line", Lines(file, lines => lines.Insert(random.Next(lines.Count), lines[random.Next(lines.Count)])));
            default:
                return ("drop a line", Lines(file, lines => lines.RemoveAt(random.Next(lines.Count))));
        }
    }

    private static byte[] Lines(byte[] file, Action<List<string>> change)
    {
        var lines = Encoding.UTF8.GetString(file).TrimEnd('\n').Split('\n').ToList();
        change(lines);
        return Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
    }
}
