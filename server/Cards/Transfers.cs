using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Cards;

/// <summary>Blanks between two offices. Each method is part of its caller's transaction.</summary>
internal sealed class Transfers(JournalWriter journal)
{
    public async ValueTask<string> SendAsync(
        Tx tx, DateTimeOffset now, string actor, RegionCode from, RegionCode to, IReadOnlyList<SerialRange> serials, string document)
    {
        if (from == to)
        {
            throw Refuse.Invalid("to_office_code must be another office than from_office_code.");
        }

        await Vault.RequireOfficeAsync(tx, from);
        await Vault.RequireOfficeAsync(tx, to);
        await CardStore.LockVaultAsync(tx, from);
        foreach (var range in serials)
        {
            var here = await CardStore.CountAsync(tx, from, CardState.Vault, range);
            if (here != range.Count)
            {
                throw Refuse.Precondition($"Of serials {range}, {here} are in the vault of {from}, not {range.Count}.");
            }
        }

        var id = Guid.CreateVersion7(now).ToString("N");
        await journal.AcceptAsync(tx, now, actor, new TransferSent(id, from.Value, to.Value, serials, document));
        return id;
    }

    /// <summary>What was sent and did not arrive.</summary>
    public async ValueTask<IReadOnlyList<SerialRange>> ReceiveAsync(
        Tx tx, DateTimeOffset now, string actor, Caller caller, string transferId, IReadOnlyList<SerialRange> arrived)
    {
        var transfer = await TransferStore.LockAsync(tx, transferId) ?? throw Refuse.NotFound($"Transfer '{transferId}' was never sent.");
        caller.RequireRegion(transfer.To);
        if (transfer.ReceivedAt is { } before)
        {
            throw Refuse.Precondition($"Transfer {transferId} was received at {before:O}: {transfer.Arrived} blanks arrived.");
        }

        if (SerialRange.Except(arrived, transfer.Serials) is [var other, ..])
        {
            throw Refuse.Precondition($"Serials {other} were not sent with transfer {transferId}.");
        }

        var missing = SerialRange.Except(transfer.Serials, arrived);
        await journal.AcceptAsync(tx, now, actor, new TransferReceived(transferId, transfer.To.Value, transfer.From.Value, arrived, missing));
        return missing;
    }
}
