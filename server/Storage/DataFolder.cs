namespace KtpGrpc.Server.Storage;

/// <summary>Where a server keeps what is not in the database. Keys are files that only their owner may read.</summary>
internal sealed class DataFolder
{
    /// <param name="keys">A folder of their own for the keys, so that a copy of the data opens nothing; by default inside the data.</param>
    public DataFolder(string root, string? keys = null)
    {
        Root = Path.GetFullPath(root);
        Keys = keys is null ? Path.Combine(Root, "keys") : Path.GetFullPath(keys);
        Directory.CreateDirectory(Root);
        Directory.CreateDirectory(Keys);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public string Root { get; }

    public string Keys { get; }

    public string DatabaseFile => Path.Combine(Root, "ktp.db");

    /// <summary>Reads a secret file, making it first where it is missing; of several servers that start at once, one makes it.</summary>
    public static string ReadOrCreateSecret(string path, Func<string> make)
    {
        if (!File.Exists(path))
        {
            try
            {
                WriteSecret(path, make(), overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another server was faster: its secret is ours.
            }
        }

        return File.ReadAllText(path);
    }

    /// <summary>Whole or not at all.</summary>
    public static void WriteSecret(string path, string content, bool overwrite = true)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var unfinished = $"{path}.{Guid.NewGuid():N}";
        using (var stream = new FileStream(unfinished, options))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(content));
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(unfinished, path, overwrite);
        }
        catch (IOException)
        {
            File.Delete(unfinished);
            throw;
        }

        DurableFolder.Flush(Path.GetDirectoryName(path)!);
    }
}
