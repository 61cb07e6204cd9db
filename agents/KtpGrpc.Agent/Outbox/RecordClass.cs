namespace KtpGrpc.Agent.Outbox;

/// <summary>What becomes of a record when the disk quota is used up. The number is what stands on the disk.</summary>
internal enum RecordClass : byte
{
    /// <summary>Health and other samples: the oldest go first, and a power cut may take the last seconds of them.</summary>
    Evictable = 1,

    /// <summary>Print results, receipts, audit: on the disk before Append answers, gone only when acknowledged.</summary>
    Durable = 2,
}
