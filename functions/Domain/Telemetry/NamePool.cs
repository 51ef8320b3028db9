using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Serverless.Domain.Telemetry;

/// <summary>Names of measurements and fields, each as one string for all messages: the same few names come millions of times.</summary>
/// <remarks>Bounded: where a device makes up names, the pool starts again. Not safe for threads.</remarks>
public sealed class NamePool
{
    private const int MostNames = 10_000;
    private const int LongestName = 256;

    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>The property name at the reader.</summary>
    /// <exception cref="PayloadException">The name is empty, longer than 256 bytes, or no well-formed UTF-8.</exception>
    public string Get(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped)
        {
            return Checked(reader.GetString()!);
        }

        var utf8 = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        if (utf8.Length is 0 or > LongestName)
        {
            throw new PayloadException($"A member's name has 1 to {LongestName} bytes.");
        }

        // The reader looks at a name's bytes only as far as it must to find the end.
        Span<char> buffer = stackalloc char[LongestName];
        if (Utf8.ToUtf16(utf8, buffer, out _, out var length, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            throw new PayloadException("A member's name is no well-formed UTF-8.");
        }

        var name = buffer[..length];
        var lookup = names.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(name, out var known))
        {
            return known;
        }

        if (names.Count >= MostNames)
        {
            names.Clear();
        }

        var made = name.ToString();
        names.Add(made);
        return made;
    }

    private static string Checked(string name) =>
        name.Length is > 0 and <= LongestName ? name : throw new PayloadException($"A member's name has 1 to {LongestName} bytes.");
}
