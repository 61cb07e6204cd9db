using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace KtpGrpc.Functional.Printing;

/// <summary>A link that can lose what is said in one direction, and that can be cut.</summary>
internal sealed class TcpProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Socket, Socket> _open = new();
    private readonly Task _accepting;
    private volatile bool _losesQuestions;
    private volatile bool _losesAnswers;
    private long _lost;

    public TcpProxy(Uri target)
    {
        Target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Bytes that were lost so far.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Where new connections lead.</summary>
    public Uri Target { get; set; }

    public Uri Address => new($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>From now on nothing of one direction arrives, and nobody is told.</summary>
    public void Lose(bool answers)
    {
        _losesAnswers = answers;
        _losesQuestions = !answers;
    }

    /// <summary>From now on nothing arrives on either side, and nobody is told.</summary>
    public void LoseAll() => _losesAnswers = _losesQuestions = true;

    /// <summary>Breaks what is open, and is sound again.</summary>
    public void Cut()
    {
        foreach (var (client, server) in _open)
        {
            client.Dispose();
            server.Dispose();
        }

        _losesAnswers = _losesQuestions = false;
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        Cut();
        _accepting.Wait();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var pumps = new List<Task>();
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_end.Token);
                pumps.Add(ServeAsync(client));
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(pumps);
    }

    private async Task ServeAsync(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _open[client] = server;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, Target.Port, _end.Token);
            await Task.WhenAny(PumpAsync(client, server, () => _losesQuestions), PumpAsync(server, client, () => _losesAnswers));
        }
        catch (Exception broken) when (broken is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The other side is told by the end of its connection.
        }

        _open.TryRemove(client, out _);
        client.Dispose();
        server.Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to, Func<bool> loses)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _end.Token) is > 0 and var length)
            {
                if (loses())
                {
                    Interlocked.Add(ref _lost, length);
                }
                else
                {
                    await to.SendAsync(buffer.AsMemory(0, length), _end.Token);
                }
            }
        }
        catch (Exception broken) when (broken is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
