namespace Serverless.Local.Realtime;

/// <summary>Reasons of close frames.</summary>
internal static class CloseReason
{
    // RFC 6455, section 5.5: a control frame carries at most 125 bytes, two of which are the status.
    private const int MostBytes = 123;

    /// <summary>The reason, cut after the last whole character that fits.</summary>
    public static string Fit(string reason)
    {
        var bytes = 0;
        var length = 0;
        foreach (var rune in reason.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MostBytes)
            {
                return reason[..length];
            }

            length += rune.Utf16SequenceLength;
        }

        return reason;
    }
}
