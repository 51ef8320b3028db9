using Serverless.Acceptance.Tests.Support;

namespace Serverless.App.Tests.Infra;

public sealed class DeployScriptTests : IDisposable
{
    private static readonly string[] Wanted = ["--resource-group", "rg1", "--location", "westeurope", "--name", "iot1"];
    private readonly ScriptRun script = new();

    [Fact]
    public async Task Group_template_package_and_health_come_in_this_order()
    {
        script.Given("unhealthy", "3");

        var run = await DeployAsync("--package", script.Package("httpTrigger", "eventHubTrigger"));

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Equal(
            [
                "az account show",
                "az bicep version",
                "az group exists --name rg1",
                "az group create --name rg1 --location westeurope",
                "az keyvault list-deleted --resource-type vault",
                "az deployment group create --name serverless --resource-group rg1",
                "az resource show --resource-group rg1 --name iot1xyz --resource-type Microsoft.Web/sites",
                "az account get-access-token",
                "curl https://iot1xyz.scm.azurewebsites.net/api/publish?RemoteBuild=false&Deployer=serverless",
                "curl https://iot1xyz.scm.azurewebsites.net/api/deployments/latest",
                "curl https://iot1-abc.z01.azurefd.net/health",
                "curl https://iot1-abc.z01.azurefd.net/health",
                "curl https://iot1-abc.z01.azurefd.net/health",
                "curl https://iot1-abc.z01.azurefd.net/health",
                "az deployment group create --name serverless-sockets --resource-group rg1",
            ],
            Beginnings(call => !call.Contains("deployment group show", StringComparison.Ordinal))
        );
        Assert.Contains("APIs      https://iot1-abc.z01.azurefd.net\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("Devices   mqtts://iot1xyz.azure-devices.net:8883\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_reach_the_template()
    {
        await DeployAsync("--size", "large", "--parameter", "privateNetworking=true", "--parameter", "entra=@entra.json", "--no-package");

        var call = Assert.Single(script.Calls, call => call.Contains("deployment group create", StringComparison.Ordinal));
        Assert.Contains(
            $"--template-file {Template.Main} --parameters name=iot1 location=westeurope size=large privateNetworking=true entra=@entra.json ",
            call,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_second_run_does_the_same_again()
    {
        var package = script.Package("httpTrigger");
        await DeployAsync("--package", package);
        var first = script.Calls;

        var run = await DeployAsync("--package", package);

        Assert.Equal(0, run.ExitCode);
        // All but the group, which stays as it is, with its tags.
        Assert.Equal(first.Where(call => !call.StartsWith("az group create", StringComparison.Ordinal)), script.Calls.Skip(first.Count));
    }

    [Fact]
    public async Task The_package_goes_to_the_deployment_service_with_a_token_that_nobody_sees()
    {
        script.Given("states", "0\n1\n2\n4");
        var package = script.Package("httpTrigger");

        var run = await DeployAsync("--package", package);

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Equal(4, script.Calls.Count(call => call.EndsWith("/api/deployments/latest", StringComparison.Ordinal)));
        var arguments = script.Read("arguments");
        Assert.Contains($"--header Content-Type: application/zip --data-binary @{package} ", arguments, StringComparison.Ordinal);
        Assert.DoesNotContain("the-token", arguments + run.Output + run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("published", "403\n202", "Attempt 1: https://iot1xyz.scm.azurewebsites.net answers 403 StorageInaccessible")]
    [InlineData("states", "1\n6\n4", "Attempt 1: the deployment ended with {\"id\":\"5f6c\",\"status\":6,")]
    [InlineData("states", "3\n3\n4", "Attempt 2: the deployment ended with")]
    public async Task A_package_that_is_not_taken_at_first_is_brought_again(string what, string answers, string said)
    {
        script.Given(what, answers);

        var run = await DeployAsync("--package", script.Package("httpTrigger"));

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Contains(said, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("published", "409\n409\n409", "the package was not taken")]
    [InlineData("states", "3\n5\n-1", "the package was not taken")]
    public async Task A_package_that_is_never_taken_ends_the_run(string what, string answers, string message)
    {
        script.Given(what, answers);

        var run = await DeployAsync("--package", script.Package("eventGridTrigger"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("APIs ", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(script.Calls, call => call.Contains("subscriptions", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_vault_that_was_left_behind_comes_back_before_the_template()
    {
        script.Given("deleted", "iot1xyz");

        await DeployAsync("--no-package");

        var calls = script.Calls.ToList();
        var recovered = calls.IndexOf("az keyvault recover --name iot1xyz --output none");
        Assert.True(recovered > 0);
        Assert.StartsWith("az deployment group create", calls[recovered + 1], StringComparison.Ordinal);
        Assert.Contains(
            "starts_with(name, 'iot1') && contains(properties.vaultId, '/resourceGroups/rg1/')",
            calls[recovered - 1],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Who_may_not_list_deleted_vaults_deploys_all_the_same()
    {
        script.Given("failing", "keyvault list-deleted");

        var run = await DeployAsync("--no-package");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Deleted key vaults cannot be listed", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bicep CLI version 0.33.93 (7a77c7f1e2)", 1)]
    [InlineData("Bicep CLI version 0.34.1 (7a77c7f1e2)", 0)]
    [InlineData("", 0)]
    public async Task An_old_bicep_is_told(string version, int exitCode)
    {
        script.Given("bicep", version);

        var run = await DeployAsync("--no-package");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(exitCode == 1, run.Errors.Contains("az bicep upgrade", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Functions_of_event_grid_are_subscribed_once_they_are_there()
    {
        await DeployAsync("--package", script.Package("httpTrigger", "eventGridTrigger", "timerTrigger"));

        var calls = script.Calls.ToList();
        var subscribed = calls.FindIndex(call => call.Contains("subscriptions.bicep", StringComparison.Ordinal));
        Assert.EndsWith(
            "--parameters topic=iot1xyz functionApp=iot1xyz storageAccount=iot1xyz functions=[\"eventGridTrigger-function\"] --output none",
            calls[subscribed],
            StringComparison.Ordinal
        );
        Assert.True(subscribed > calls.FindIndex(call => call.Contains("/api/publish", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_template_that_fails_is_deployed_once_more()
    {
        script.Given("failing-once", "deployment group create");

        var run = await DeployAsync("--no-package");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("told to fail once", run.Errors, StringComparison.Ordinal);
        Assert.Equal(2, script.Calls.Count(call => call.StartsWith("az deployment group create", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_template_alone_waits_for_nothing()
    {
        var run = await DeployAsync("--no-package");

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain(
            script.Calls,
            call => call.StartsWith("curl", StringComparison.Ordinal) || call.Contains("get-access-token", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_preview_changes_nothing()
    {
        var absent = await DeployAsync("--what-if");
        script.Given("group", "");
        var there = await DeployAsync("--what-if");

        Assert.Equal((0, 0), (absent.ExitCode, there.ExitCode));
        Assert.Contains("There is no resource group rg1 in Test subscription", absent.Output, StringComparison.Ordinal);
        Assert.Single(script.Calls, call => call.StartsWith("az deployment group what-if", StringComparison.Ordinal));
        Assert.DoesNotContain(
            script.Calls,
            call => call.Contains("create", StringComparison.Ordinal) || call.Contains("/api/publish", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("--resource-group is missing", "--location", "westeurope", "--name", "iot1")]
    [InlineData("--location is missing", "--resource-group", "rg1", "--name", "iot1")]
    [InlineData("--name is 3 to 10 letters", "--resource-group", "rg1", "--location", "westeurope")]
    [InlineData("not 'Iot1'", "--resource-group", "rg1", "--location", "westeurope", "--name", "Iot1")]
    [InlineData("not 'io'", "--resource-group", "rg1", "--location", "westeurope", "--name", "io")]
    [InlineData("not 'iot12345678'", "--resource-group", "rg1", "--location", "westeurope", "--name", "iot12345678")]
    [InlineData("not 'iot-'", "--resource-group", "rg1", "--location", "westeurope", "--name", "iot-")]
    [InlineData("not 'i--t'", "--resource-group", "rg1", "--location", "westeurope", "--name", "i--t")]
    [InlineData(
        "--size is small, medium or large, not 'huge'",
        "--resource-group",
        "rg1",
        "--location",
        "a",
        "--name",
        "iot1",
        "--size",
        "huge"
    )]
    [InlineData(
        "--parameter is NAME=VALUE, not 'tags'",
        "--resource-group",
        "rg1",
        "--location",
        "a",
        "--name",
        "iot1",
        "--parameter",
        "tags"
    )]
    [InlineData(
        "there is no package nowhere.zip",
        "--resource-group",
        "rg1",
        "--location",
        "a",
        "--name",
        "iot1",
        "--package",
        "nowhere.zip"
    )]
    [InlineData(
        "--wait is a number of minutes, not 'long'",
        "--resource-group",
        "rg1",
        "--location",
        "a",
        "--name",
        "iot1",
        "--wait",
        "long"
    )]
    [InlineData("--name wants a value", "--name")]
    [InlineData("unknown argument '--force'", "--force")]
    public async Task Wrong_arguments_are_told_before_anything_is_called(string message, params string[] arguments)
    {
        var run = await script.RunAsync("deploy", arguments);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.Empty(script.Calls);
    }

    [Fact]
    public async Task Without_the_cli_it_says_where_to_get_it()
    {
        script.Without("az");

        Assert.Contains("the Azure CLI is missing: https://", (await DeployAsync()).Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("account show", "nobody is logged in: az login")]
    [InlineData("deployment group create", "the template could not be deployed")]
    [InlineData("group create", "")]
    [InlineData("account get-access-token", "there is no token for the deployment service: az login")]
    [InlineData("deployment group create --name serverless-subscriptions", "the functions could not be subscribed")]
    [InlineData("deployment group create --name serverless-sockets", "the hubs of iot1xyz could not be made")]
    public async Task What_fails_ends_the_run_with_what_to_do(string call, string message)
    {
        script.Given("failing", call);

        var run = await DeployAsync("--package", script.Package("eventGridTrigger"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.StartsWith($"az {call}", script.Calls[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("APIs ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_does_not_answer_is_not_waited_for_without_end()
    {
        script.Given("unhealthy", "1000");

        var run = await DeployAsync("--package", script.Package("httpTrigger"), "--wait", "1");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("/health does not answer 200 after 1 minutes", run.Errors, StringComparison.Ordinal);
        Assert.Equal(6, script.Calls.Count(line => line.EndsWith("/health", StringComparison.Ordinal)));
    }

    public void Dispose() => script.Dispose();

    private Task<CommandRun> DeployAsync(params string[] more) => script.RunAsync("deploy", [.. Wanted, .. more]);

    /// <summary>The calls up to their fifth option's value, without what follows.</summary>
    private IEnumerable<string> Beginnings(Func<string, bool> which) =>
        from call in script.Calls
        where which(call)
        let end = new[] { " --query", " --output", " --template-file" }
            .Select(option => call.IndexOf(option, StringComparison.Ordinal))
            .Where(index => index > 0)
            .DefaultIfEmpty(call.Length)
            .Min()
        select call[..end];
}
