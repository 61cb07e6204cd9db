using System.Collections.Frozen;
using Ktp.Health.V1;

namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// What an error code means and what to do about it. The printers' are the keywords of RFC 8011 and PWG 5100 (printer-state-
/// reasons): a supply or an open door is no broken printer, so it is degraded and not failed.
/// </summary>
internal sealed record KnownCode(string Code, ConditionState State, string Advice)
{
    private static readonly FrozenDictionary<string, KnownCode> _known = new KnownCode[]
    {
        new("device-missing", ConditionState.Failed, "Check the cable and the USB port; exchange the device if it stays away."),
        new("sensor-dead", ConditionState.Failed, "Exchange the device."),
        new("power-fault", ConditionState.Failed, "Check the mains, the power supply and the UPS; exchange the power supply."),
        new("burnt", ConditionState.Failed, "Exchange the device, and look for the cause before the new one is switched on."),
        new("driver-dead", ConditionState.Failed, "Restart the kit; install the driver anew if that does not help."),
        new("disk-failed", ConditionState.Failed, "Exchange the disk."),
        new("sensor-fault", ConditionState.Failing, "Order a new device: the sensor fails now and then."),
        new("overheating", ConditionState.Failing, "Switch it off to cool, clean the vents, check the fan."),
        new("disk-unreadable", ConditionState.Failing, "Order a new disk."),
        new("disk-failing", ConditionState.Failing, "Order a new disk."),
        new("battery-replace", ConditionState.Failing, "Order a new battery for the UPS."),
        new("battery-low", ConditionState.Degraded, "The mains are away: close the desk in an orderly way."),
        new("on-battery", ConditionState.Degraded, "Check the mains."),
        new("lens-dirty", ConditionState.Degraded, "Clean the lens."),
        new("platen-dirty", ConditionState.Degraded, "Clean the platen."),
        new("low-light", ConditionState.Degraded, "Give the desk more light."),
        new("calibration-due", ConditionState.Degraded, "Calibrate the device."),
        new("disk-low", ConditionState.Degraded, "Free the disk: the outbox needs room."),
        new("uplink-lossy", ConditionState.Degraded, "Check the modem and its antenna."),
        new("clock-off", ConditionState.Degraded, "Set the kit's clock; exchange the battery on its board."),
        new("ribbon-low", ConditionState.Degraded, "Have a ribbon at hand."),
        new("media-empty", ConditionState.Degraded, "Load blanks."),
        new("media-needed", ConditionState.Degraded, "Load blanks."),
        new("media-low", ConditionState.Degraded, "Order blanks."),
        new("input-tray-missing", ConditionState.Degraded, "Put the hopper back."),
        new("marker-supply-empty", ConditionState.Degraded, "Change the ribbon."),
        new("marker-supply-low", ConditionState.Degraded, "Have a ribbon at hand."),
        new("marker-print-ribbon-empty", ConditionState.Degraded, "Change the ribbon."),
        new("marker-print-ribbon-almost-empty", ConditionState.Degraded, "Have a ribbon at hand."),
        new("media-jam", ConditionState.Degraded, "Clear the jam and account for the card."),
        new("input-tray-position-failure", ConditionState.Failing, "Order the hopper's drive."),
        new("motor-failure", ConditionState.Failed, "Exchange the motor or the printer."),
        new("cover-open", ConditionState.Degraded, "Close the cover."),
        new("door-open", ConditionState.Degraded, "Close the door."),
        new("interlock-open", ConditionState.Degraded, "Close the interlock."),
        new("output-area-full", ConditionState.Degraded, "Empty the output tray."),
        new("output-area-almost-full", ConditionState.Degraded, "Empty the output tray."),
        new("fuser-over-temp", ConditionState.Failing, "Switch it off to cool, clean the vents: an overheated printer melts cards."),
        new("fuser-under-temp", ConditionState.Degraded, "Wait until it is warm; order a heater if it stays cold."),
        new("subunit-warming-up", ConditionState.Degraded, "Wait until it is warm."),
        new("cleaner-life-almost-over", ConditionState.Degraded, "Order a cleaning set."),
        new("cleaner-life-over", ConditionState.Degraded, "Clean the printer now."),
        new("subunit-life-over", ConditionState.Failing, "Order the worn part."),
        new("subunit-missing", ConditionState.Failed, "Check the encoder's cable; exchange the encoder."),
        new("subunit-offline", ConditionState.Failing, "Restart the printer; exchange the encoder if it stays away."),
        new("subunit-recoverable-failure", ConditionState.Failing, "Restart the printer; order an encoder if it comes again."),
        new("subunit-unrecoverable-failure", ConditionState.Failed, "Exchange the encoder."),
        new("paused", ConditionState.Degraded, "Let the printer go on."),
        new("moving-to-paused", ConditionState.Degraded, "Let the printer go on."),
        new("timed-out", ConditionState.Degraded, "Check the printer's link."),
        new("connecting-to-device", ConditionState.Degraded, "Check the printer's link."),
        new("unknown", ConditionState.Degraded, "Look at the device: it does not say what is wrong."),
        new("other", ConditionState.Degraded, "Look at the device: it does not say what is wrong."),
    }.ToFrozenDictionary(known => known.Code);

    /// <summary>
    /// Null for a code that nobody told us of, which says nothing. A printer's severity suffix is taken off: a report or a
    /// warning is at most a degradation, and no suffix means an error (RFC 8011, 5.4.12).
    /// </summary>
    public static KnownCode? Find(string code)
    {
        if (_known.TryGetValue(code, out var known))
        {
            return known;
        }

        var dash = code.LastIndexOf('-');
        if (dash < 0 || code[(dash + 1)..] is not ("error" or "warning" or "report") || !_known.TryGetValue(code[..dash], out known))
        {
            return null;
        }

        return code.EndsWith("-error", StringComparison.Ordinal) || known.State == ConditionState.Degraded ? known : known with { Code = code, State = ConditionState.Degraded };
    }
}
