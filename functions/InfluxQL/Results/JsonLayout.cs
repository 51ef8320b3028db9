using System.Globalization;

namespace Serverless.InfluxQL.Results;

/// <summary>Writes the structure of JSON, on one line or with each member and item on its own, indented by four spaces, as Go's MarshalIndent has it.</summary>
internal sealed class JsonLayout(ResultBuffer output, bool pretty)
{
    private int depth;

    // Nothing is in the object or array that was opened last.
    private bool isEmpty = true;

    public bool IsPretty => pretty;

    /// <summary>Where the writing is: what <see cref="TryRewind"/> goes back to.</summary>
    public (long Position, int Depth, bool IsEmpty) Mark => (output.Position, depth, isEmpty);

    public bool TryRewind((long Position, int Depth, bool IsEmpty) mark)
    {
        if (!output.TryRewind(mark.Position))
        {
            return false;
        }

        (_, depth, isEmpty) = mark;
        return true;
    }

    /// <summary>Opens an object or array with its bracket.</summary>
    public void Open(char bracket)
    {
        output.Write((byte)bracket);
        depth++;
        isEmpty = true;
    }

    public void Close(char bracket)
    {
        depth--;
        if (!isEmpty)
        {
            NewLine();
        }

        output.Write((byte)bracket);
        isEmpty = false;
    }

    /// <summary>Begins the next item of an array, or the next member of an object.</summary>
    public void Next()
    {
        if (!isEmpty)
        {
            output.Write((byte)',');
        }

        isEmpty = false;
        NewLine();
    }

    /// <summary>Begins a member.</summary>
    /// <param name="name">Its name, which needs no escapes.</param>
    public void Member(ReadOnlySpan<byte> name)
    {
        Next();
        output.Write((byte)'"');
        output.Write(name);
        output.Write(pretty ? "\": "u8 : "\":"u8);
    }

    public void Member(string name)
    {
        Next();
        GoText.WriteString(output, name);
        output.Write(pretty ? ": "u8 : ":"u8);
    }

    public void Member(ReadOnlySpan<byte> name, string value)
    {
        Member(name);
        GoText.WriteString(output, value);
    }

    public void Member(ReadOnlySpan<byte> name, int value)
    {
        Member(name);
        value.TryFormat(output.Reserve(11), out var written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    public void True(ReadOnlySpan<byte> name)
    {
        Member(name);
        output.Write("true"u8);
    }

    /// <summary>Ends a line that holds a whole text of JSON.</summary>
    public void EndLine()
    {
        output.Write((byte)'\n');
        isEmpty = true;
    }

    private void NewLine()
    {
        if (pretty)
        {
            var line = output.Reserve(1 + (4 * depth));
            line[0] = (byte)'\n';
            line.Slice(1, 4 * depth).Fill((byte)' ');
            output.Advance(1 + (4 * depth));
        }
    }
}
