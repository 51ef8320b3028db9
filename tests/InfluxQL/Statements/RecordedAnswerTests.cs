using Serverless.Domain.Tenants;

namespace Serverless.InfluxQL.Tests.Statements;

/// <summary>Statements and the answers of InfluxDB 1.6.7 to them, recorded on the same points.</summary>
public sealed class RecordedAnswerTests
{
    [Fact]
    public async Task Answers_are_the_real_servers()
    {
        await using var cloud = new StatementCloud();
        await cloud.Databases.CreateAsync("t1", "d", null, TestContext.Current.CancellationToken);
        await cloud.Databases.CreatePolicyAsync("t1", "d", new NewRetentionPolicy("rp2"), false, TestContext.Current.CancellationToken);
        await cloud.WriteAsync(
            "d",
            """
            cpu host=a,dc=x v=1,w=2i 1
            cpu host=b,dc=x v=1 2
            cpu host=c v=2 1000000000
            mem host=a,kind=z s="x",b=true 3
            mem zone=q f=1.5 3
            notag _ v=1i 1
            odd~m t~k=t;v v=1 1
            """
        );
        await cloud.WriteAsync(
            "d/rp2",
            """
            cpu host=rp,only=2 v=1 1
            other host=a v=1 1
            """
        );

        var lines = await File.ReadAllLinesAsync(
            Path.Combine(AppContext.BaseDirectory, "Statements", "answers.txt"),
            TestContext.Current.CancellationToken
        );
        var wrong = new List<string>();
        for (var i = 0; i < lines.Length; i += 2)
        {
            var expected = lines[i + 1].Replace("\\u0026", "&").Replace("\\u003c", "<").Replace("\\u003e", ">");
            var answer = await cloud.AskAsync(lines[i]);
            if (answer != expected)
            {
                wrong.Add($"{lines[i]}\n  real: {expected}\n  here: {answer}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
