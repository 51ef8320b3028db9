namespace Serverless.Dialects.Cumulocity.Mqtt.Sessions;

/// <summary>What a client's identifier says: [d:]serial[:collection].</summary>
/// <param name="Serial">The device's serial.</param>
/// <param name="Collection">The collection of templates that s/ud and s/dd stand for, or null.</param>
internal sealed record ClientId(string Serial, string? Collection)
{
    // As an external id.
    private const int LongestSerial = 256;

    /// <returns>What it says, or null where it has no serial, another type of connection than d, or too many colons: a serial has none.</returns>
    public static ClientId? Parse(string text)
    {
        var (serial, collection) = text.Split(':') switch
        {
            [var only] => (only, null),
            ["d", var named] => (named, null),
            [var named, var templates] => (named, templates),
            ["d", var named, var templates] => (named, (string?)templates),
            _ => ("", null),
        };
        return serial.Length is 0 or > LongestSerial || serial.Any(char.IsControl)
            ? null
            : new ClientId(serial, string.IsNullOrEmpty(collection) ? null : collection);
    }
}
