using System.Globalization;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Results;

/// <summary>Writes rows as JSON arrays.</summary>
internal sealed class JsonRows(ByteBuffer output, JsonLayout layout, TimeFormatter times)
{
    /// <summary>Writes some rows of a block, as items of an array that is open.</summary>
    public void Write(RowBlock rows, int start, int count)
    {
        for (var row = start; row < start + count; row++)
        {
            layout.Next();
            if (layout.IsPretty)
            {
                WritePretty(rows, row);
            }
            else
            {
                WriteRow(rows, row);
            }
        }
    }

    private void WriteRow(RowBlock rows, int row)
    {
        output.Write((byte)'[');
        if (!rows.Times.IsEmpty)
        {
            WriteTime(rows.Times.Span[row]);
        }

        for (var i = 0; i < rows.Columns.Count; i++)
        {
            if (i > 0 || !rows.Times.IsEmpty)
            {
                output.Write((byte)',');
            }

            WriteCell(rows.Columns[i], row);
        }

        output.Write((byte)']');
    }

    private void WritePretty(RowBlock rows, int row)
    {
        layout.Open('[');
        if (!rows.Times.IsEmpty)
        {
            layout.Next();
            WriteTime(rows.Times.Span[row]);
        }

        foreach (var column in rows.Columns)
        {
            layout.Next();
            WriteCell(column, row);
        }

        layout.Close(']');
    }

    private void WriteTime(long time) => output.Advance(times.Format(time, output.Reserve(TimeFormatter.MaxLength)));

    private void WriteCell(Column column, int row)
    {
        if (column.IsAbsent(row))
        {
            if (column.Instead is { } instead)
            {
                WriteCell(instead, 0);
            }
            else
            {
                output.Write("null"u8);
            }

            return;
        }

        switch (column.Type)
        {
            case FieldType.Float:
                WriteFloat(column.Floats[row]);
                break;
            case FieldType.Integer:
                column.Integers[row].TryFormat(output.Reserve(20), out var written, default, CultureInfo.InvariantCulture);
                output.Advance(written);
                break;
            case FieldType.Boolean:
                output.Write(column.Booleans[row] ? "true"u8 : "false"u8);
                break;
            default:
                GoText.WriteString(output, column.Strings[row]);
                break;
        }
    }

    /// <summary>What is no number is null, and so is the infinite, over which the real server gives up its whole answer.</summary>
    private void WriteFloat(double value)
    {
        if (double.IsFinite(value))
        {
            output.Advance(GoFloat.FormatJson(value, output.Reserve(GoFloat.MaxJson)));
        }
        else
        {
            output.Write("null"u8);
        }
    }
}
