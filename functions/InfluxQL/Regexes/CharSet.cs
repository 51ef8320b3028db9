using System.Collections;
using System.Globalization;
using System.Text;

namespace Serverless.InfluxQL.Regexes;

/// <summary>A set of UTF-16 units, one bit each. Characters beyond U+FFFF are in no set but, as two units, in negated ones.</summary>
internal sealed class CharSet
{
    private const int Count = char.MaxValue + 1;

    public static readonly CharSet Empty = new(new BitArray(Count));

    private readonly BitArray units;

    private CharSet(BitArray units) => this.units = units;

    public static CharSet Of(int low, int high) => Of((low, high));

    public static CharSet Of(params ReadOnlySpan<(int Low, int High)> ranges)
    {
        var members = new BitArray(Count);
        foreach (var (low, high) in ranges)
        {
            for (var unit = low; unit <= Math.Min(high, char.MaxValue); unit++)
            {
                members[unit] = true;
            }
        }

        return new CharSet(members);
    }

    public static CharSet Where(Func<char, bool> predicate)
    {
        var members = new BitArray(Count);
        for (var unit = 0; unit < Count; unit++)
        {
            members[unit] = predicate((char)unit);
        }

        return new CharSet(members);
    }

    public CharSet Negate() => new(new BitArray(units).Not());

    public CharSet Union(CharSet other) => new(new BitArray(units).Or(other.units));

    /// <summary>The set as a .NET pattern.</summary>
    public string ToClass()
    {
        var text = new StringBuilder("[");
        for (var low = 0; low < Count; low++)
        {
            if (!units[low])
            {
                continue;
            }

            var high = low;
            while (high + 1 < Count && units[high + 1])
            {
                high++;
            }

            text.Append(Escape(low)).Append('-').Append(Escape(high));
            low = high;
        }

        return text.Length == 1 ? "[^\\s\\S]" : text.Append(']').ToString();
    }

    /// <summary>The character as a .NET pattern.</summary>
    public static string Literal(int point) =>
        point <= char.MaxValue ? Escape(point) : string.Concat(char.ConvertFromUtf32(point).Select(unit => Escape(unit)));

    private static string Escape(int unit) =>
        char.IsAsciiLetterOrDigit((char)unit) ? ((char)unit).ToString() : string.Create(CultureInfo.InvariantCulture, $"\\u{unit:X4}");
}
