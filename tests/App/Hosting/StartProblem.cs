namespace Serverless.App.Tests.Hosting;

/// <summary>What a start that fails tells.</summary>
internal static class StartProblem
{
    private static readonly SemaphoreSlim Console = new(1);

    public static async Task<(int Code, string Error)> OfAsync(Func<Task<int>> start)
    {
        await Console.WaitAsync(TestContext.Current.CancellationToken);
        var before = System.Console.Error;
        using var error = new StringWriter();
        System.Console.SetError(error);
        try
        {
            return (await start(), error.ToString());
        }
        finally
        {
            System.Console.SetError(before);
            Console.Release();
        }
    }
}
