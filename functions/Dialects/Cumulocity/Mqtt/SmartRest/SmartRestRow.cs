namespace Serverless.Dialects.Cumulocity.Mqtt.SmartRest;

/// <summary>A row of SmartREST 2.0: the id of a template, and its values.</summary>
/// <param name="Id">The message id, its first value.</param>
/// <param name="Values">The values behind it.</param>
internal sealed record SmartRestRow(string Id, IReadOnlyList<string> Values)
{
    /// <summary>A value by its position from 1 up; empty where the row is shorter, as behind it nothing but commas could follow.</summary>
    public string this[int position] => position <= Values.Count ? Values[position - 1] : "";

    /// <summary>The values from a position on, without the empty ones at the end.</summary>
    public IReadOnlyList<string> From(int position)
    {
        var end = Values.Count;
        while (end >= position && Values[end - 1].Length == 0)
        {
            end--;
        }

        return [.. Values.Take(end).Skip(position - 1)];
    }
}
