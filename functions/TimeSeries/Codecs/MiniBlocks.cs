using System.Numerics;

namespace Serverless.TimeSeries.Codecs;

/// <summary>Numbers in groups of 128, each group with the width that suits it and the few that do not fit set apart (patched frame of reference).</summary>
/// <remarks>
/// After Zukowski et al., "Super-Scalar RAM-CPU Cache Compression" (ICDE 2006). A group counts either from its least number, or from zero with zigzag: one fall among
/// steady steps would else widen the whole group.
/// </remarks>
internal static class MiniBlocks
{
    public const int GroupSize = BitPacking.Most;

    private const int Patched = 0x40;
    private const int Zigzagged = 0x80;
    private const int Width64 = 0x7F;

    /// <summary>How many bytes <see cref="Encode"/> would write, but for the variable part of patches, which is taken at its most.</summary>
    /// <param name="values">The values.</param>
    /// <param name="everyGroup">1, or another number to measure only one of so many groups.</param>
    public static int Measure(ReadOnlySpan<long> values, int everyGroup)
    {
        Span<ulong> group = stackalloc ulong[GroupSize];
        var size = 0;
        for (; values.Length > 0; values = values[Math.Min(GroupSize * everyGroup, values.Length)..])
        {
            size += Choose(values[..Math.Min(GroupSize, values.Length)], group).Cost;
        }

        return size;
    }

    public static void Encode(ByteWriter writer, ReadOnlySpan<long> values)
    {
        Span<ulong> group = stackalloc ulong[GroupSize];
        for (; values.Length > 0; values = values[Math.Min(GroupSize, values.Length)..])
        {
            var part = values[..Math.Min(GroupSize, values.Length)];
            Write(writer, Choose(part, group), group[..part.Length]);
        }
    }

    public static void Decode(ref ByteReader reader, Span<long> target)
    {
        for (; target.Length > 0; target = target[Math.Min(GroupSize, target.Length)..])
        {
            Read(ref reader, target[..Math.Min(GroupSize, target.Length)]);
        }
    }

    private static void Write(ByteWriter writer, Plan plan, ReadOnlySpan<ulong> group)
    {
        var head = plan.Width == 64 ? Width64 : plan.Width | (plan.Patches > 0 ? Patched : 0) | (plan.Zigzag ? Zigzagged : 0);
        writer.Byte((byte)head);
        if (!plan.Zigzag)
        {
            writer.Signed(plan.Least);
        }

        if (plan.Patches > 0)
        {
            writer.Byte((byte)plan.Patches);
        }

        BitPacking.Pack(group, plan.Width, writer.Take(BitPacking.Size(group.Length, plan.Width)));
        for (var i = 0; plan.Patches > 0 && i < group.Length; i++)
        {
            if (group[i] >> plan.Width != 0)
            {
                writer.Byte((byte)i);
                writer.Unsigned(group[i] >> plan.Width);
            }
        }
    }

    private static void Read(ref ByteReader reader, Span<long> target)
    {
        int head = reader.Byte();
        var (width, patched, zigzag) = head == Width64 ? (64, false, false) : (head & 0x3F, (head & Patched) != 0, (head & Zigzagged) != 0);
        var least = zigzag ? 0 : reader.Signed();
        var patches = patched ? reader.Byte() : 0;
        var packed = reader.Rest;
        reader.Bytes(BitPacking.Size(target.Length, width));
        BitPacking.Unpack(packed, width, least, target);
        for (; patches > 0; patches--)
        {
            int at = reader.Byte();
            var high = reader.Unsigned();
            if (at >= target.Length)
            {
                throw ByteReader.Corrupt("a patch lies outside its group");
            }

            target[at] += (long)(high << width);
        }

        if (zigzag)
        {
            foreach (ref var value in target)
            {
                value = ZigZag.Decode((ulong)value);
            }
        }
    }

    private static Plan Choose(ReadOnlySpan<long> values, Span<ulong> group)
    {
        var least = long.MaxValue;
        var most = long.MinValue;
        foreach (var value in values)
        {
            least = Math.Min(least, value);
            most = Math.Max(most, value);
        }

        Offsets(values, least, group);
        var offsets = Fit(group[..values.Length], least, zigzag: false);
        if (least >= 0 || most <= 0)
        {
            return offsets;
        }

        ZigZags(values, group);
        var zigzags = Fit(group[..values.Length], 0, zigzag: true);
        if (zigzags.Cost < offsets.Cost && zigzags.Width < 64)
        {
            return zigzags;
        }

        Offsets(values, least, group);
        return offsets;
    }

    private static void Offsets(ReadOnlySpan<long> values, long least, Span<ulong> group)
    {
        for (var i = 0; i < values.Length; i++)
        {
            group[i] = (ulong)(values[i] - least);
        }
    }

    private static void ZigZags(ReadOnlySpan<long> values, Span<ulong> group)
    {
        for (var i = 0; i < values.Length; i++)
        {
            group[i] = ZigZag.Encode(values[i]);
        }
    }

    /// <summary>The width at which packed bits and patches together are smallest.</summary>
    private static Plan Fit(ReadOnlySpan<ulong> group, long least, bool zigzag)
    {
        Span<byte> ofLength = stackalloc byte[65];
        ofLength.Clear();
        var longest = 0;
        foreach (var value in group)
        {
            var length = 64 - BitOperations.LeadingZeroCount(value);
            ofLength[length]++;
            longest = Math.Max(longest, length);
        }

        var head = zigzag ? 1 : 1 + VarintSize(ZigZag.Encode(least));
        var best = new Plan(longest, 0, least, zigzag, head + BitPacking.Size(group.Length, longest));
        var patches = 0;
        for (var width = longest - 1; width >= 0; width--)
        {
            patches += ofLength[width + 1];
            var each = 1 + ((longest - width + 6) / 7);
            var cost = head + 1 + BitPacking.Size(group.Length, width) + (patches * each);
            if (cost < best.Cost && width < 63)
            {
                best = new Plan(width, patches, least, zigzag, cost);
            }

            if (patches * 2 > group.Length)
            {
                break;
            }
        }

        return best;
    }

    private static int VarintSize(ulong value) => Math.Max(1, (64 - BitOperations.LeadingZeroCount(value) + 6) / 7);

    private readonly record struct Plan(int Width, int Patches, long Least, bool Zigzag, int Cost);
}
