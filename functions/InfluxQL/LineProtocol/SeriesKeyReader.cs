using Serverless.Domain.Series;

namespace Serverless.InfluxQL.LineProtocol;

/// <summary>Makes a series of a key that <see cref="LineScanner"/> found right.</summary>
internal static class SeriesKeyReader
{
    public static (string Measurement, TagSet Tags) Read(ReadOnlySpan<byte> key)
    {
        var end = Escapes.Find(key, 0, (byte)',');
        var measurement = Escapes.Remove(key[..end], ",\" ="u8);
        var tags = new List<KeyValuePair<string, string>>();
        while (end < key.Length)
        {
            var equals = Escapes.Find(key, end + 1, (byte)'=');
            var next = Escapes.Find(key, equals + 1, (byte)',');
            tags.Add(
                KeyValuePair.Create(Escapes.Remove(key[(end + 1)..equals], ", ="u8), Escapes.Remove(key[(equals + 1)..next], ", ="u8))
            );
            end = next;
        }

        return (measurement, TagSet.Of([.. tags]));
    }
}
