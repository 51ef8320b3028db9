using SQLitePCL;

namespace Serverless.Local.Sqlite;

/// <summary>One connection to the file, used by one thread at a time, with its prepared statements.</summary>
internal sealed class Connection : IDisposable
{
    // Filters of many shapes must not grow the cache without end.
    private const int MostStatements = 200;

    private readonly Dictionary<string, Statement> statements = [];
    private readonly string path;
    private readonly sqlite3 db;

    static Connection() => Batteries_V2.Init();

    private Connection(string path, sqlite3 db)
    {
        this.path = path;
        this.db = db;
    }

    public static Connection Open(SqliteOptions options)
    {
        const int Flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX;
        var code = raw.sqlite3_open_v2(options.Path, out var db, Flags, null);
        var connection = new Connection(options.Path, db);
        try
        {
            if (code != raw.SQLITE_OK)
            {
                throw connection.Failure(code);
            }

            _ = raw.sqlite3_extended_result_codes(db, 1);
            _ = raw.sqlite3_busy_timeout(db, (int)options.BusyTimeout.TotalMilliseconds);
            Wildcard.Register(db);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(db);

    /// <summary>Whether a transaction is open. Some errors, a full disk among them, may end it.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(db) == 0;

    /// <summary>The statement for a text, prepared once. Dispose it after use; one text is in use once at a time.</summary>
    public Statement Use(string sql)
    {
        if (statements.TryGetValue(sql, out var known))
        {
            return known;
        }

        var code = raw.sqlite3_prepare_v3(db, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle);
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }

        if (statements.Count >= MostStatements)
        {
            CloseStatements();
        }

        return statements[sql] = new Statement(this, handle);
    }

    /// <summary>Runs statements without parameters and drops their rows.</summary>
    public void Script(string sql)
    {
        var code = raw.sqlite3_exec(db, sql);
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    /// <summary>Runs one statement without parameters, prepared once.</summary>
    public void Execute(string sql)
    {
        using var statement = Use(sql);
        statement.Step();
    }

    /// <summary>The first column of the first row.</summary>
    public string Scalar(string sql)
    {
        using var statement = Use(sql);
        return statement.Step() ? statement.Text(0) : "";
    }

    /// <summary>Makes the statement that runs now fail as cancelled. Safe from any thread.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(db);

    public Exception Failure(int code) =>
        SqliteErrors.ToException(path, code, raw.sqlite3_extended_errcode(db), raw.sqlite3_errmsg(db).utf8_to_string());

    public void Dispose()
    {
        CloseStatements();
        db.Dispose();
    }

    private void CloseStatements()
    {
        foreach (var statement in statements.Values)
        {
            statement.Close();
        }

        statements.Clear();
    }
}
