namespace KtpGrpc.Architecture.Planted.Cards
{
    // A neighbour of Health in its column.
    internal sealed class Counter
    {
        public Health.Outer? Neighbour { get; set; }
    }
}

namespace KtpGrpc.Architecture.Planted.Attic
{
    // A folder that no line knows.
    internal sealed class Trunk;
}

namespace KtpGrpc.Architecture.Planted.Session
{
    // A folder that names the root.
    internal sealed class Caller
    {
        public Host? Host { get; set; }
    }
}

namespace KtpGrpc.Architecture.Planted
{
    // The root, which may name everything.
    internal sealed class Host
    {
        public Session.Beat? Beat { get; set; }
    }
}
