namespace Serverless.App.Tests.Hosting;

/// <summary>What a start that fails tells. Standard error is the process's: tests that look at it, or write to it, are one collection.</summary>
internal static class StartProblem
{
    public const string Collection = "standard error";

    public static async Task<(int Code, string Error)> OfAsync(Func<Task<int>> start)
    {
        var before = Console.Error;
        using var error = new StringWriter();
        Console.SetError(error);
        try
        {
            return (await start(), error.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }
}
