namespace Serverless.App.Tests.Infra;

public sealed class DestroyScriptTests : IDisposable
{
    private readonly ScriptRun script = new();

    public DestroyScriptTests() => script.Given("group", "");

    [Theory]
    [InlineData("")]
    [InlineData("y")]
    [InlineData("rg2")]
    public async Task Without_the_groups_name_nothing_is_removed(string typed)
    {
        var run = await script.RunWithInputAsync(typed, "destroy", "--resource-group", "rg1");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("nothing was removed", run.Errors, StringComparison.Ordinal);
        Assert.Equal(["az account show", "az group exists", "az resource list"], script.Calls.Select(Verb));
    }

    [Fact]
    public async Task With_the_groups_name_it_is_removed()
    {
        var run = await script.RunWithInputAsync("rg1", "destroy", "--resource-group", "rg1");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("az group delete --name rg1 --yes", script.Calls[^1]);
    }

    [Fact]
    public async Task The_vaults_are_listed_before_and_purged_after()
    {
        var run = await script.RunAsync("destroy", "--resource-group", "rg1", "--yes", "--purge");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            ["az account show", "az group exists", "az keyvault list", "az group delete", "az keyvault purge"],
            script.Calls.Select(Verb)
        );
        Assert.Equal("az keyvault purge --name iot1xyz --location westeurope", script.Calls[^1]);
    }

    [Fact]
    public async Task Where_nothing_is_nothing_is_done()
    {
        await script.RunAsync("destroy", "--resource-group", "rg1", "--yes");

        var again = await script.RunAsync("destroy", "--resource-group", "rg1", "--yes");

        Assert.Equal(0, again.ExitCode);
        Assert.Contains("There is no resource group rg1", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_is_not_passed_over()
    {
        script.Given("failing", "group delete");

        var run = await script.RunAsync("destroy", "--resource-group", "rg1", "--yes", "--purge");

        Assert.Equal(1, run.ExitCode);
        Assert.DoesNotContain(script.Calls, call => call.Contains("purge", StringComparison.Ordinal));
    }

    public void Dispose() => script.Dispose();

    private static string Verb(string call) => string.Join(' ', call.Split(' ').TakeWhile(word => !word.StartsWith('-')));
}
