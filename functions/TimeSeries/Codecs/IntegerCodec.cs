namespace Serverless.TimeSeries.Codecs;

/// <summary>64-bit integers, timestamps among them: constant, linear, or the residuals of the order (value, step, step of steps) that packs smallest.</summary>
/// <remarks>
/// Differences are divided by their greatest common divisor first: a timestamp of whole milliseconds is stored in milliseconds, a counter of packets of 8 in eighths.
/// Arithmetic wraps around, so that no range overflows.
/// </remarks>
internal static class IntegerCodec
{
    private const byte Constant = 0;
    private const byte Linear = 1;
    private const byte Offsets = 2;
    private const byte Steps = 3;
    private const byte StepsOfSteps = 4;

    /// <summary>Of so many groups one is in a sample.</summary>
    private const int SampledGroup = 16;

    /// <param name="writer">Takes the bytes.</param>
    /// <param name="values">The values.</param>
    /// <param name="thorough">Whether all values decide how they are encoded, or a sample of them.</param>
    public static void Encode(ByteWriter writer, ReadOnlySpan<long> values, bool thorough = true)
    {
        if (values.IsEmpty)
        {
            return;
        }

        var first = values[0];
        var step = values.Length > 1 ? values[1] - first : 0;
        if (IsLinear(values, step))
        {
            writer.Byte(step == 0 ? Constant : Linear);
            writer.Signed(first);
            if (step != 0)
            {
                writer.Signed(step);
            }

            return;
        }

        using var scratch = new Scratch(3 * (values.Length - 1));
        var offsets = scratch.Span[..(values.Length - 1)];
        var steps = scratch.Span.Slice(values.Length - 1, values.Length - 1);
        var seconds = scratch.Span[(2 * (values.Length - 1))..];
        var divisor = Divide(values, offsets);
        Differences(offsets, steps);
        Differences(steps, seconds);

        var mode = Smallest(offsets, steps, seconds, thorough ? 1 : SampledGroup);
        writer.Byte(mode);
        writer.Signed(first);
        writer.Unsigned(divisor);
        MiniBlocks.Encode(
            writer,
            mode == Offsets ? offsets
                : mode == Steps ? steps
                : seconds
        );
    }

    /// <summary>Decodes as many values as the target has room for.</summary>
    public static void Decode(ref ByteReader reader, Span<long> target)
    {
        if (target.IsEmpty)
        {
            return;
        }

        var mode = reader.Byte();
        var first = reader.Signed();
        switch (mode)
        {
            case Constant:
                target.Fill(first);
                return;
            case Linear:
                Line(first, reader.Signed(), target);
                return;
            case Offsets or Steps or StepsOfSteps:
                var divisor = (long)reader.Unsigned();
                MiniBlocks.Decode(ref reader, target[1..]);
                target[0] = first;
                Restore(mode, divisor, target);
                return;
            default:
                throw ByteReader.Corrupt($"there is no encoding {mode} of integers");
        }
    }

    /// <summary>The first value and the step of values that are a line; false, without decoding them, where they are none.</summary>
    public static bool TryReadLine(ReadOnlySpan<byte> encoded, out long first, out long step)
    {
        (first, step) = (0, 0);
        if (encoded.IsEmpty || encoded[0] != Linear)
        {
            return false;
        }

        var reader = new ByteReader(encoded[1..]);
        (first, step) = (reader.Signed(), reader.Signed());
        return true;
    }

    private static bool IsLinear(ReadOnlySpan<long> values, long step)
    {
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] - values[i - 1] != step)
            {
                return false;
            }
        }

        return true;
    }

    private static void Line(long first, long step, Span<long> target)
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = first;
            first += step;
        }
    }

    private static ulong Divide(ReadOnlySpan<long> values, Span<long> offsets)
    {
        var first = values[0];
        var overflows = false;
        for (var i = 1; i < values.Length; i++)
        {
            var offset = values[i] - first;
            overflows |= ((values[i] ^ first) & (values[i] ^ offset)) < 0 || offset == long.MinValue;
            offsets[i - 1] = offset;
        }

        var divisor = overflows ? 1 : CommonDivisor(offsets);
        if (divisor > 1)
        {
            new ExactDivisor(divisor).Divide(offsets);
        }

        return divisor;
    }

    private static ulong CommonDivisor(ReadOnlySpan<long> offsets)
    {
        var divisor = 0UL;
        var exact = default(ExactDivisor);
        foreach (var offset in offsets)
        {
            var (a, b) = ((ulong)Math.Abs(offset), divisor);
            if (b != 0 && exact.Divides(a))
            {
                continue;
            }

            while (b != 0)
            {
                (a, b) = (b, a % b);
            }

            divisor = a;
            if (divisor == 1)
            {
                break;
            }

            exact = divisor == 0 ? default : new ExactDivisor(divisor);
        }

        return divisor;
    }

    private static void Differences(ReadOnlySpan<long> values, Span<long> differences)
    {
        var previous = 0L;
        for (var i = 0; i < values.Length; i++)
        {
            differences[i] = values[i] - previous;
            previous = values[i];
        }
    }

    private static byte Smallest(ReadOnlySpan<long> offsets, ReadOnlySpan<long> steps, ReadOnlySpan<long> seconds, int everyGroup)
    {
        var byOffset = MiniBlocks.Measure(offsets, everyGroup);
        var byStep = MiniBlocks.Measure(steps, everyGroup);
        var bySecond = MiniBlocks.Measure(seconds, everyGroup);
        return byOffset <= byStep && byOffset <= bySecond ? Offsets
            : byStep <= bySecond ? Steps
            : StepsOfSteps;
    }

    private static void Restore(byte mode, long divisor, Span<long> target)
    {
        if (mode == StepsOfSteps)
        {
            Sum(0, target[1..]);
        }

        if (mode != Offsets)
        {
            Sum(0, target[1..]);
        }

        var first = target[0];
        foreach (ref var value in target[1..])
        {
            value = first + (value * divisor);
        }
    }

    private static void Sum(long sum, Span<long> values)
    {
        foreach (ref var value in values)
        {
            sum += value;
            value = sum;
        }
    }
}
