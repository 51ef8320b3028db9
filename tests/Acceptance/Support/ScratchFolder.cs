namespace Serverless.Acceptance.Tests.Support;

/// <summary>A folder of its own for a test, gone when the test is.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private static readonly string Run = MakeRun();
    private static int last;

    public string Path { get; } = Directory.CreateDirectory(System.IO.Path.Combine(Run, $"{Interlocked.Increment(ref last)}")).FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    public void Dispose() => Delete(Path);

    /// <summary>The folder of the whole run, which goes last, with whatever a failed test has left.</summary>
    private static string MakeRun()
    {
        var run = Directory.CreateTempSubdirectory("serverless-acceptance-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Delete(run);
        return run;
    }

    private static void Delete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (IOException)
        {
            // A process that was killed a moment ago may still hold a file; the system clears what is left.
        }
    }
}
