namespace Serverless.InfluxQL.LineProtocol;

internal ref partial struct LineScanner
{
    /// <summary>measurement { "," tag key "=" tag value }, up to a space. A byte after a backslash is never a separator.</summary>
    private string? ScanKey()
    {
        if (line.IsEmpty || line[0] == ',')
        {
            return "missing measurement";
        }

        do
        {
            at++;
            if (at >= line.Length)
            {
                return "missing fields";
            }
        } while (line[at - 1] == '\\' || line[at] is not ((byte)',' or (byte)' '));

        var tags = new List<Range>();
        while (line[at] == ',')
        {
            var start = ++at;
            if (ScanTagKey() is { } problem)
            {
                return problem;
            }

            tags.Add(start..at);
            at++;
            if (ScanTagValue() is { } other)
            {
                return other;
            }
        }

        KeyEnd = at;
        return HasDuplicates(tags) ? "duplicate tags"
            : KeyEnd > MaxKeyLength ? $"max key length exceeded: {KeyEnd} > {MaxKeyLength}"
            : null;
    }

    /// <summary>Leaves the place at the equals sign.</summary>
    private string? ScanTagKey()
    {
        if (at >= line.Length || line[at] is (byte)' ' or (byte)',' or (byte)'=')
        {
            return "missing tag key";
        }

        while (true)
        {
            at++;
            if (at >= line.Length || (line[at] is (byte)' ' or (byte)',' && line[at - 1] != '\\'))
            {
                return "missing tag value";
            }

            if (line[at] == '=' && line[at - 1] != '\\')
            {
                return null;
            }
        }
    }

    /// <summary>Leaves the place at the comma or space after it.</summary>
    private string? ScanTagValue()
    {
        if (at >= line.Length || line[at] is (byte)',' or (byte)' ')
        {
            return "missing tag value";
        }

        while (true)
        {
            at++;
            if (at >= line.Length)
            {
                return "missing fields";
            }

            if (line[at - 1] == '\\')
            {
                continue;
            }

            if (line[at] == '=')
            {
                return "invalid tag format";
            }

            if (line[at] is (byte)',' or (byte)' ')
            {
                return null;
            }
        }
    }

    private readonly bool HasDuplicates(List<Range> tags)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            if (!seen.Add(System.Text.Encoding.Latin1.GetString(line[tag])))
            {
                return true;
            }
        }

        return false;
    }
}
