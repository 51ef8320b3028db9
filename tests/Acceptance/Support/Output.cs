using System.Diagnostics;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>The lines that a process prints, gathered while it runs.</summary>
internal sealed class Output
{
    private readonly List<string> lines = [];
    private readonly Lock gate = new();

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (gate)
            {
                return [.. lines];
            }
        }
    }

    public override string ToString() => string.Join('\n', Lines);

    /// <summary>What stands behind a word at a line's beginning, or null where there is no such line yet.</summary>
    public string? Behind(string word) =>
        Lines.LastOrDefault(line => line.StartsWith(word, StringComparison.Ordinal))?[word.Length..].Trim();

    public int Count(string text) => Lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    public void Gather(Process process)
    {
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private void Add(string? line)
    {
        if (line is not null)
        {
            lock (gate)
            {
                lines.Add(line);
            }
        }
    }
}
