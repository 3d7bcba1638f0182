<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>it is no PNG, JPEG, GIF or WebP; save it as one of these</source>
        <translation>es ist kein PNG, JPEG, GIF oder WebP; bitte in einem dieser Formate speichern</translation>
    </message>
    <message>
        <source>it is damaged</source>
        <translation>es ist beschädigt</translation>
    </message>
    <message>
        <source>it has more than {millions} million pixels; make it smaller first</source>
        <translation>es hat mehr als {millions} Millionen Bildpunkte; bitte zuerst verkleinern</translation>
    </message>
    <message>
        <source>it cannot be written as a file</source>
        <translation>es lässt sich nicht als Datei schreiben</translation>
    </message>
    <message>
        <source>Inkstand is already open on {folder}. Close the other window or choose another folder with --data-dir.</source>
        <translation>Inkstand ist mit {folder} schon geöffnet. Bitte das andere Fenster schließen oder mit --data-dir einen anderen Ordner wählen.</translation>
    </message>
    <message>
        <source>Cannot open the folder {folder}: {detail}.</source>
        <translation>Der Ordner {folder} lässt sich nicht öffnen: {detail}.</translation>
    </message>
    <message>
        <source>{file} was made by a newer version of Inkstand (format {found}, this one knows {known}). Nothing was changed; update Inkstand to open it.</source>
        <translation>{file} stammt aus einer neueren Version von Inkstand (Format {found}, diese hier kennt {known}). Nichts wurde verändert; zum Öffnen bitte Inkstand aktualisieren.</translation>
    </message>
    <message>
        <source>{file} is damaged ({detail}). Inkstand keeps it, and brings what can still be read into a new one at its next start.</source>
        <translation>{file} ist beschädigt ({detail}). Inkstand behält die Datei und übernimmt beim nächsten Start, was noch lesbar ist, in eine neue.</translation>
    </message>
    <message>
        <source>{file} is damaged, nothing in it can be read, and there is no backup. Nothing was changed; move it away and sign in again to fetch your documents from the relay.</source>
        <translation>{file} ist beschädigt, nichts darin ist lesbar, und es gibt keine Sicherung. Nichts wurde geändert; nach dem Wegräumen der Datei und neuer Anmeldung kommen die Dokumente vom Relay.</translation>
    </message>
    <message>
        <source>{file} is damaged, and nothing in it can be read. Nothing was changed. `inkstand restore {backup}` goes back to the newest backup.</source>
        <translation>{file} ist beschädigt, und nichts darin ist lesbar. Nichts wurde geändert. `inkstand restore {backup}` kehrt zur neuesten Sicherung zurück.</translation>
    </message>
    <message>
        <source>{file} is damaged, and what can still be read of it cannot be written to a new file: {detail}. Nothing was changed; make room on the disk, then try again.</source>
        <translation>{file} ist beschädigt, und was noch lesbar ist, kann nicht in eine neue Datei geschrieben werden: {detail}. Nichts wurde geändert; nach Platzschaffen auf dem Datenträger erneut versuchen.</translation>
    </message>
    <message>
        <source>Cannot make a backup in {folder}: {detail}. Earlier backups are untouched.</source>
        <translation>In {folder} kann keine Sicherung angelegt werden: {detail}. Frühere Sicherungen sind unberührt.</translation>
    </message>
    <message>
        <source>Cannot restore {path}: {detail}. Nothing was changed.</source>
        <translation>{path} kann nicht wiederhergestellt werden: {detail}. Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Cannot save on this device: {detail}. Your text is kept in memory.</source>
        <translation>Auf diesem Gerät lässt sich nicht speichern: {detail}. Der Text bleibt im Arbeitsspeicher.</translation>
    </message>
    <message>
        <source>There is no document {document} on this device. `inkstand list` shows those that are.</source>
        <translation>Auf diesem Gerät gibt es kein Dokument {document}. `inkstand list` zeigt die vorhandenen.</translation>
    </message>
    <message>
        <source>This version is not kept any more. Choose another one from the list.</source>
        <translation>Diese Version wird nicht mehr aufbewahrt. Eine andere lässt sich in der Liste wählen.</translation>
    </message>
    <message>
        <source>A change could not be read and was left out: {detail}.</source>
        <translation>Eine Änderung war nicht lesbar und wurde ausgelassen: {detail}.</translation>
    </message>
    <message>
        <source>A place in the text could not be found: {detail}.</source>
        <translation>Eine Stelle im Text ließ sich nicht finden: {detail}.</translation>
    </message>
    <message>
        <source>Cannot reach the relay at {address}: {detail}.</source>
        <translation>Das Relay {address} ist nicht zu erreichen: {detail}.</translation>
    </message>
    <message>
        <source>The connection to the relay at {address} ended: {detail}.</source>
        <translation>Die Verbindung zum Relay {address} ist zu Ende: {detail}.</translation>
    </message>
    <message>
        <source>Not signed in to a relay. Sign in to bring this device in step.</source>
        <translation>Bei keinem Relay angemeldet. Nach der Anmeldung wird dieses Gerät auf den neuesten Stand gebracht.</translation>
    </message>
    <message>
        <source>That is no invite. Copy the whole link, which begins with inkstand://join, or the code, and paste it again.</source>
        <translation>Das ist keine Einladung. Den ganzen Link, der mit inkstand://join beginnt, oder den Code kopieren und noch einmal einfügen.</translation>
    </message>
    <message>
        <source>The relay refused: {detail}</source>
        <translation>Das Relay lehnt ab: {detail}</translation>
    </message>
    <message>
        <source>The changes were not discarded: that needs a connection to the relay, and access to the document there.</source>
        <translation>Die Änderungen wurden nicht verworfen: Das braucht eine Verbindung zum Relay und dort Zugang zum Dokument.</translation>
    </message>
    <message>
        <source>The relay asks to try again in {seconds} s: {detail}</source>
        <translation>Das Relay bittet, es in {seconds} s wieder zu versuchen: {detail}</translation>
    </message>
    <message>
        <source>No relay could be started on this computer: {detail}. Nothing was shared.</source>
        <translation>Auf diesem Computer ließ sich kein Relay starten: {detail}. Nichts wurde freigegeben.</translation>
    </message>
    <message>
        <source>This image cannot be added: {detail}.</source>
        <translation>Dieses Bild lässt sich nicht aufnehmen: {detail}.</translation>
    </message>
    <message>
        <source>Cannot import {file}: {detail}.</source>
        <translation>{file} lässt sich nicht importieren: {detail}.</translation>
    </message>
    <message>
        <source>Cannot export to {file}: {detail}.</source>
        <translation>{file} lässt sich nicht schreiben: {detail}.</translation>
    </message>
    <message>
        <source>there is no such file or folder</source>
        <translation>diese Datei oder diesen Ordner gibt es nicht</translation>
    </message>
    <message>
        <source>you have no permission</source>
        <translation>die Berechtigung fehlt</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>der Datenträger ist voll</translation>
    </message>
    <message>
        <source>that is a folder</source>
        <translation>das ist ein Ordner</translation>
    </message>
    <message>
        <source>part of the path is not a folder</source>
        <translation>ein Teil des Pfads ist kein Ordner</translation>
    </message>
    <message>
        <source>it exists already</source>
        <translation>das gibt es schon</translation>
    </message>
    <message>
        <source>the name is too long</source>
        <translation>der Name ist zu lang</translation>
    </message>
    <message>
        <source>the disk does not answer as it should</source>
        <translation>der Datenträger antwortet nicht, wie er sollte</translation>
    </message>
    <message>
        <source>there is no network that leads there</source>
        <translation>kein Netz führt dorthin</translation>
    </message>
    <message numerus="yes">
        <source>1 change</source>
        <comment>{count} changes</comment>
        <translation>
            <numerusform>{count} Änderung</numerusform>
            <numerusform>{count} Änderungen</numerusform>
        </translation>
    </message>
    <message>
        <source>Cannot save: {reason}</source>
        <translation>Speichern nicht möglich: {reason}</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>Wird gespeichert…</translation>
    </message>
    <message>
        <source>the relay gave no reason</source>
        <translation>das Relay nennt keinen Grund</translation>
    </message>
    <message>
        <source>Refused: {reason}</source>
        <translation>Abgelehnt: {reason}</translation>
    </message>
    <message>
        <source>Saved on this device; it belongs to {relay}</source>
        <translation>Auf diesem Gerät gespeichert; gehört zu {relay}</translation>
    </message>
    <message>
        <source>Saved on this device only</source>
        <translation>Nur auf diesem Gerät gespeichert</translation>
    </message>
    <message>
        <source>Saved on this device</source>
        <translation>Auf diesem Gerät gespeichert</translation>
    </message>
    <message>
        <source>Saved on the relay</source>
        <translation>Auf dem Relay gespeichert</translation>
    </message>
    <message numerus="yes">
        <source>Changes in 1 document were refused</source>
        <comment>Changes in {count} documents were refused</comment>
        <translation>
            <numerusform>Änderungen in {count} Dokument wurden abgelehnt</numerusform>
            <numerusform>Änderungen in {count} Dokumenten wurden abgelehnt</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Saved on this device ({changes} in 1 document waiting)</source>
        <comment>Saved on this device ({changes} in {count} documents waiting)</comment>
        <translation>
            <numerusform>Auf diesem Gerät gespeichert ({changes} in {count} Dokument ausstehend)</numerusform>
            <numerusform>Auf diesem Gerät gespeichert ({changes} in {count} Dokumenten ausstehend)</numerusform>
        </translation>
    </message>
    <message>
        <source>Everything is saved on the relay</source>
        <translation>Alles ist auf dem Relay gespeichert</translation>
    </message>
    <message>
        <source>Getting in step: {done} of {total} documents</source>
        <translation>Abgleich: {done} von {total} Dokumenten</translation>
    </message>
    <message>
        <source>Online</source>
        <translation>Online</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>Verbindung wird aufgebaut…</translation>
    </message>
    <message>
        <source>No network, next try in {seconds} s</source>
        <translation>Kein Netz, nächster Versuch in {seconds} s</translation>
    </message>
    <message>
        <source>Relay unreachable, next try in {seconds} s</source>
        <translation>Relay nicht erreichbar, nächster Versuch in {seconds} s</translation>
    </message>
    <message>
        <source>Connecting in {seconds} s</source>
        <translation>Nächster Versuch in {seconds} s</translation>
    </message>
    <message>
        <source>Signed out</source>
        <translation>Abgemeldet</translation>
    </message>
    <message>
        <source>Only on this device: no longer shared with you</source>
        <translation>Nur auf diesem Gerät: nicht mehr freigegeben</translation>
    </message>
    <message numerus="yes">
        <source>Saved on this device (1 change waiting)</source>
        <comment>Saved on this device ({count} changes waiting)</comment>
        <translation>
            <numerusform>Auf diesem Gerät gespeichert ({count} Änderung wartet)</numerusform>
            <numerusform>Auf diesem Gerät gespeichert ({count} Änderungen warten)</numerusform>
        </translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>Offline</translation>
    </message>
    <message>
        <source>The relay did not accept the sign-in.</source>
        <translation>Das Relay hat die Anmeldung nicht angenommen.</translation>
    </message>
    <message>
        <source>what answers there is not a relay</source>
        <translation>was dort antwortet, ist kein Relay</translation>
    </message>
    <message>
        <source>it answered with status {code}</source>
        <translation>die Antwort war Status {code}</translation>
    </message>
    <message>
        <source>it leads to an address that is not secure</source>
        <translation>sie führt zu einer Adresse, die nicht sicher ist</translation>
    </message>
    <message>
        <source>its answer is far too long</source>
        <translation>die Antwort ist viel zu lang</translation>
    </message>
    <message>
        <source>that is not a relay&apos;s address, which looks like wss://relay.example.org</source>
        <translation>so sieht keine Adresse eines Relays aus; eine wäre wss://relay.example.org</translation>
    </message>
    <message>
        <source>nothing answers there</source>
        <translation>dort antwortet nichts</translation>
    </message>
    <message>
        <source>there is no such address, or no network</source>
        <translation>diese Adresse gibt es nicht, oder das Netz fehlt</translation>
    </message>
    <message>
        <source>it did not answer in time</source>
        <translation>die Antwort blieb aus</translation>
    </message>
    <message>
        <source>its certificate was not accepted ({reason})</source>
        <translation>das Zertifikat wurde nicht anerkannt ({reason})</translation>
    </message>
    <message>
        <source>it closed the connection</source>
        <translation>das Relay hat die Verbindung geschlossen</translation>
    </message>
    <message>
        <source>it is restarting</source>
        <translation>das Relay startet neu</translation>
    </message>
    <message>
        <source>it is busy</source>
        <translation>das Relay ist ausgelastet</translation>
    </message>
    <message>
        <source>it asked for a fresh connection</source>
        <translation>das Relay möchte eine neue Verbindung</translation>
    </message>
    <message>
        <source>it no longer accepts the sign-in</source>
        <translation>das Relay nimmt die Anmeldung nicht mehr an</translation>
    </message>
    <message>
        <source>your role in a document has changed</source>
        <translation>die Rolle in einem Dokument hat sich geändert</translation>
    </message>
    <message>
        <source>it closed the connection ({code})</source>
        <translation>das Relay hat die Verbindung geschlossen ({code})</translation>
    </message>
    <message>
        <source>nothing was heard from it for {seconds} s</source>
        <translation>seit {seconds} s war nichts zu hören</translation>
    </message>
    <message>
        <source>it broke off</source>
        <translation>sie ist abgerissen</translation>
    </message>
    <message>
        <source>You stay signed in only until Inkstand closes, because {reason}; nothing secret was written to disk.</source>
        <translation>Die Anmeldung gilt nur, bis Inkstand geschlossen wird: {reason}. Nichts Geheimes wurde auf den Datenträger geschrieben.</translation>
    </message>
    <message>
        <source>the keyring of this computer does not answer</source>
        <translation>der Schlüsselbund dieses Computers antwortet nicht</translation>
    </message>
    <message>
        <source>there is no keyring on this computer</source>
        <translation>auf diesem Computer gibt es keinen Schlüsselbund</translation>
    </message>
    <message>
        <source>{name} does not count as a safe keyring</source>
        <translation>{name} gilt nicht als sicherer Schlüsselbund</translation>
    </message>
    <message>
        <source>the keyring of this computer is locked</source>
        <translation>der Schlüsselbund dieses Computers ist gesperrt</translation>
    </message>
    <message>
        <source>the keyring of this computer does not work ({error})</source>
        <translation>der Schlüsselbund dieses Computers funktioniert nicht ({error})</translation>
    </message>
    <message>
        <source>The relay sent something that makes no sense ({detail}).</source>
        <translation>Das Relay hat etwas Unverständliches geschickt ({detail}).</translation>
    </message>
    <message>
        <source>The connection ended because of a mistake in Inkstand; it will be tried again.</source>
        <translation>Die Verbindung endete durch einen Fehler in Inkstand; es folgt ein neuer Versuch.</translation>
    </message>
    <message numerus="yes">
        <source>1 change on this device could not be read.</source>
        <comment>{count} changes on this device could not be read.</comment>
        <translation>
            <numerusform>{count} Änderung auf diesem Gerät war nicht lesbar.</numerusform>
            <numerusform>{count} Änderungen auf diesem Gerät waren nicht lesbar.</numerusform>
        </translation>
    </message>
    <message>
        <source>You no longer have access to this document.</source>
        <translation>Der Zugang zu diesem Dokument besteht nicht mehr.</translation>
    </message>
    <message>
        <source>The relay closed this document.</source>
        <translation>Das Relay hat dieses Dokument geschlossen.</translation>
    </message>
    <message>
        <source>It belongs to somebody else on this relay.</source>
        <translation>Es gehört auf diesem Relay jemand anderem.</translation>
    </message>
    <message>
        <source>A document cannot be opened on the relay: {reason}</source>
        <translation>Ein Dokument lässt sich auf dem Relay nicht öffnen: {reason}</translation>
    </message>
    <message>
        <source>Your sign-in has ended. Sign in again to bring this device in step.</source>
        <translation>Die Anmeldung ist abgelaufen. Nach einer neuen Anmeldung wird dieses Gerät auf den neuesten Stand gebracht.</translation>
    </message>
    <message>
        <source>choose a file of one of these kinds: {kinds}</source>
        <translation>bitte eine Datei mit einer dieser Endungen wählen: {kinds}</translation>
    </message>
    <message>
        <source>it is larger than {size} MiB</source>
        <translation>größer als {size} MiB</translation>
    </message>
    <message>
        <source>it is not UTF-8 text; save it as UTF-8 first</source>
        <translation>der Text ist nicht in UTF-8; bitte zuerst als UTF-8 speichern</translation>
    </message>
    <message>
        <source>end its name in one of {kinds}</source>
        <translation>der Name braucht eine dieser Endungen: {kinds}</translation>
    </message>
    <message>
        <source>it has more than {count} characters</source>
        <translation>mehr als {count} Zeichen</translation>
    </message>
    <message>
        <source>it is larger than {size} MiB; make it smaller first</source>
        <translation>es ist größer als {size} MiB; bitte zuerst verkleinern</translation>
    </message>
    <message>
        <source>what was written is not what is read</source>
        <translation>gelesen wird etwas anderes, als geschrieben wurde</translation>
    </message>
    <message>
        <source>the disk or the folder is read-only</source>
        <translation>Datenträger oder Ordner sind schreibgeschützt</translation>
    </message>
    <message>
        <source>the disk reports an error</source>
        <translation>der Datenträger meldet einen Fehler</translation>
    </message>
    <message>
        <source>the database file cannot be opened</source>
        <translation>die Datenbankdatei lässt sich nicht öffnen</translation>
    </message>
    <message>
        <source>there is not enough memory</source>
        <translation>der Arbeitsspeicher reicht nicht</translation>
    </message>
    <message>
        <source>another program is using the database</source>
        <translation>ein anderes Programm benutzt die Datenbank</translation>
    </message>
    <message>
        <source>the database is damaged</source>
        <translation>die Datenbank ist beschädigt</translation>
    </message>
    <message>
        <source>this profile was closed</source>
        <translation>dieses Profil wurde geschlossen</translation>
    </message>
    <message>
        <source>it is a database, but not one of Inkstand&apos;s</source>
        <translation>eine Datenbank, aber keine von Inkstand</translation>
    </message>
    <message>
        <source>it is cut short</source>
        <translation>sie ist unvollständig</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>sie ist leer</translation>
    </message>
    <message>
        <source>it is not a database</source>
        <translation>sie ist keine Datenbank</translation>
    </message>
    <message>
        <source>“{name}” cannot be added: {detail}.</source>
        <translation>„{name}“ lässt sich nicht aufnehmen: {detail}.</translation>
    </message>
    <message>
        <source>only images (PNG, JPEG, GIF, WebP) and .txt, .md and .html files can be</source>
        <translation>möglich sind Bilder (PNG, JPEG, GIF, WebP) und Dateien mit .txt, .md und .html</translation>
    </message>
    <message>
        <source>another backup is being made</source>
        <translation>eine andere Sicherung wird gerade angelegt</translation>
    </message>
    <message>
        <source>there is no profile in {folder}</source>
        <translation>in {folder} gibt es kein Profil</translation>
    </message>
    <message>
        <source>it was interrupted</source>
        <translation>der Vorgang wurde unterbrochen</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>Ohne Titel</translation>
    </message>
    <message>
        <source>it is no list of exported files; choose another folder</source>
        <translation>das ist keine Liste exportierter Dateien; bitte einen anderen Ordner wählen</translation>
    </message>
    <message>
        <source>tables are missing</source>
        <translation>Tabellen fehlen</translation>
    </message>
    <message>
        <source>what it says about documents makes no sense</source>
        <translation>die Angaben über Dokumente ergeben keinen Sinn</translation>
    </message>
    <message>
        <source>its log is broken</source>
        <translation>das Protokoll ist beschädigt</translation>
    </message>
    <message>
        <source>there is no backup in that folder</source>
        <translation>in diesem Ordner gibt es keine Sicherung</translation>
    </message>
    <message>
        <source>it is a zip file, but no backup</source>
        <translation>das ist eine Zip-Datei, aber keine Sicherung</translation>
    </message>
    <message>
        <source>its image {name} is damaged</source>
        <translation>das Bild {name} darin ist beschädigt</translation>
    </message>
    <message>
        <source>Recovered document</source>
        <translation>Gerettetes Dokument</translation>
    </message>
    <message>
        <source>The relay did not take it.</source>
        <translation>Das Relay hat es nicht angenommen.</translation>
    </message>
    <message>
        <source>an unknown number of changes</source>
        <translation>eine unbekannte Zahl von Änderungen</translation>
    </message>
    <message>
        <source>“{title}”: {changes}, from {since} to {until}.</source>
        <translation>„{title}“: {changes}, von {since} bis {until}.</translation>
    </message>
    <message>
        <source>the beginning</source>
        <translation>Anfang</translation>
    </message>
    <message>
        <source>the end</source>
        <translation>Ende</translation>
    </message>
    <message numerus="yes">
        <source>The database on this device was damaged. 1 document was brought over into a new one; the damaged file is kept in {folder}.</source>
        <comment>The database on this device was damaged. {count} documents were brought over into a new one; the damaged file is kept in {folder}.</comment>
        <translation>
            <numerusform>Die Datenbank auf diesem Gerät war beschädigt. {count} Dokument wurde in eine neue übernommen; die beschädigte Datei liegt in {folder}.</numerusform>
            <numerusform>Die Datenbank auf diesem Gerät war beschädigt. {count} Dokumente wurden in eine neue übernommen; die beschädigte Datei liegt in {folder}.</numerusform>
        </translation>
    </message>
    <message>
        <source>Everything in it could be read.</source>
        <translation>Alles darin war lesbar.</translation>
    </message>
    <message>
        <source>What could not be read is listed here; what the relay has of it comes back by itself.</source>
        <translation>Was nicht lesbar war, steht hier; was das Relay davon hat, kommt von selbst zurück.</translation>
    </message>
    <message numerus="yes">
        <source>1 more entry could not be told apart and was left out.</source>
        <comment>{count} more entries could not be told apart and were left out.</comment>
        <translation>
            <numerusform>{count} weiterer Eintrag war nicht zuzuordnen und wurde ausgelassen.</numerusform>
            <numerusform>{count} weitere Einträge waren nicht zuzuordnen und wurden ausgelassen.</numerusform>
        </translation>
    </message>
    <message>
        <source>Sign in again to bring this device in step.</source>
        <translation>Nach erneuter Anmeldung kommt dieses Gerät wieder auf den Stand der anderen.</translation>
    </message>
    <message>
        <source>it was found so when it was read</source>
        <translation>das zeigte sich beim Lesen</translation>
    </message>
    <message>
        <source>the index is not there</source>
        <translation>der Index ist nicht da</translation>
    </message>
    <message>
        <source>the process that searches documents for words does not start</source>
        <translation>der Prozess, der Dokumente nach Wörtern durchsucht, startet nicht</translation>
    </message>
    <message>
        <source>its program does not start</source>
        <translation>sein Programm startet nicht</translation>
    </message>
    <message>
        <source>its program ended at once</source>
        <translation>sein Programm war sofort zu Ende</translation>
    </message>
    <message>
        <source>a newer version of Inkstand wrote it</source>
        <translation>eine neuere Version von Inkstand hat sie geschrieben</translation>
    </message>
    <message>
        <source>it is no Inkstand document, or it is damaged</source>
        <translation>sie ist kein Inkstand-Dokument, oder sie ist beschädigt</translation>
    </message>
</context>
<context>
    <name>AccountActions</name>
    <message>
        <source>&amp;Sign in to a relay…</source>
        <translation>&amp;Bei einem Relay anmelden…</translation>
    </message>
    <message>
        <source>Sign &amp;out</source>
        <translation>&amp;Abmelden</translation>
    </message>
    <message>
        <source>&amp;Change password…</source>
        <translation>&amp;Passwort ändern…</translation>
    </message>
    <message>
        <source>Re&amp;lays and accounts…</source>
        <translation>&amp;Relays und Konten…</translation>
    </message>
    <message>
        <source>&amp;Join by invite…</source>
        <translation>Mit &amp;Einladung beitreten…</translation>
    </message>
    <message>
        <source>Share on this &amp;network…</source>
        <translation>In diesem &amp;Netzwerk freigeben…</translation>
    </message>
    <message>
        <source>&amp;Retry now</source>
        <translation>&amp;Jetzt erneut versuchen</translation>
    </message>
    <message>
        <source>Saving and connec&amp;tion</source>
        <translation>Speichern und &amp;Verbindung</translation>
    </message>
    <message>
        <source>&amp;Account</source>
        <translation>&amp;Konto</translation>
    </message>
    <message>
        <source>%1 at %2</source>
        <translation>%1 bei %2</translation>
    </message>
    <message>
        <source>%1 (only until Inkstand closes)</source>
        <translation>%1 (nur bis Inkstand endet)</translation>
    </message>
</context>
<context>
    <name>AccountPage</name>
    <message>
        <source>&amp;Sign in…</source>
        <translation>&amp;Anmelden…</translation>
    </message>
    <message>
        <source>Sign &amp;out</source>
        <translation>A&amp;bmelden</translation>
    </message>
    <message>
        <source>Nobody is signed in. Everything is on this device alone.</source>
        <translation>Niemand ist angemeldet. Alles liegt nur auf diesem Gerät.</translation>
    </message>
    <message>
        <source>A relay keeps documents in step with others and with more devices. Signing out leaves all documents here.</source>
        <translation>Ein Relay hält Dokumente mit anderen und mit weiteren Geräten auf demselben Stand. Beim Abmelden bleiben alle Dokumente hier.</translation>
    </message>
    <message>
        <source>%1 at %2</source>
        <translation>%1 bei %2</translation>
    </message>
</context>
<context>
    <name>AppearancePage</name>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Size of the text</source>
        <translation>Größe des Textes</translation>
    </message>
    <message>
        <source>Usual &amp;page</source>
        <translation>Übli&amp;che Seite</translation>
    </message>
    <message>
        <source>&amp;Colours</source>
        <translation>&amp;Farben</translation>
    </message>
    <message>
        <source>&amp;Size of the text</source>
        <translation>&amp;Größe des Textes</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
</context>
<context>
    <name>Care</name>
    <message>
        <source>The database on this device is damaged. What can be read is brought over into a new one; what is open stays as it is.</source>
        <translation>Die Datenbank auf diesem Gerät ist beschädigt. Was lesbar ist, wird in eine neue übernommen; was offen ist, bleibt, wie es ist.</translation>
    </message>
</context>
<context>
    <name>Documents</name>
    <message>
        <source>Untitled</source>
        <translation>Ohne Titel</translation>
    </message>
    <message>
        <source>“%1” cannot be saved on this device right now and stays open. Use File › Export to keep a copy elsewhere.</source>
        <translation>„%1“ lässt sich auf diesem Gerät gerade nicht speichern und bleibt offen. Mit Datei › Exportieren lässt sich anderswo eine Kopie sichern.</translation>
    </message>
    <message>
        <source>You may read this document, not give it another title.</source>
        <translation>Dieses Dokument darf gelesen werden, aber keinen anderen Titel bekommen.</translation>
    </message>
</context>
<context>
    <name>EditActions</name>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>Cu&amp;t</source>
        <translation>&amp;Ausschneiden</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>&amp;Einfügen</translation>
    </message>
    <message>
        <source>Paste as plain te&amp;xt</source>
        <translation>Als reinen &amp;Text einfügen</translation>
    </message>
    <message>
        <source>Select &amp;all</source>
        <translation>A&amp;lles auswählen</translation>
    </message>
    <message>
        <source>&amp;Markdown while typing</source>
        <translation>&amp;Markdown beim Schreiben</translation>
    </message>
    <message>
        <source>&amp;Smart punctuation</source>
        <translation>Ty&amp;pografische Satzzeichen</translation>
    </message>
    <message>
        <source>Settin&amp;gs…</source>
        <translation>Einstellun&amp;gen…</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>Document &amp;language</source>
        <translation>Sprache des &amp;Dokuments</translation>
    </message>
    <message>
        <source>As on this computer (%1)</source>
        <translation>Wie auf diesem Computer (%1)</translation>
    </message>
</context>
<context>
    <name>Editor</name>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>Ausschneiden</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>Einfügen</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>Alles auswählen</translation>
    </message>
</context>
<context>
    <name>EditorPage</name>
    <message>
        <source>&amp;Markdown while typing</source>
        <translation>&amp;Markdown beim Schreiben</translation>
    </message>
    <message>
        <source>“# ” at the start of a line makes a heading, “- ” a list, “**words**” bold.</source>
        <translation>„# “ am Anfang einer Zeile macht eine Überschrift, „- “ eine Liste, „**Wörter**“ fette Schrift.</translation>
    </message>
    <message>
        <source>Smart &amp;punctuation</source>
        <translation>Ty&amp;pografische Satzzeichen</translation>
    </message>
    <message>
        <source>Quotes, dashes and dots become those of the language. Undo brings back yours.</source>
        <translation>Anführungszeichen, Striche und Punkte werden die der Sprache. Rückgängig stellt die getippten wieder her.</translation>
    </message>
    <message>
        <source>&amp;Typewriter scrolling</source>
        <translation>&amp;Zeile in der Mitte halten</translation>
    </message>
    <message>
        <source>The line that is written stays in the middle of the window.</source>
        <translation>Die Zeile, in der geschrieben wird, bleibt in der Mitte des Fensters.</translation>
    </message>
    <message>
        <source>&amp;Outline in new windows</source>
        <translation>&amp;Gliederung in neuen Fenstern</translation>
    </message>
    <message>
        <source>Words a day</source>
        <translation>Wörter am Tag</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keines</translation>
    </message>
    <message>
        <source>&amp;Goal: words a day</source>
        <translation>Z&amp;iel: Wörter am Tag</translation>
    </message>
</context>
<context>
    <name>Embeds</name>
    <message>
        <source>Something this version cannot show</source>
        <translation>Etwas, das diese Version nicht zeigen kann</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
</context>
<context>
    <name>EmptyPage</name>
    <message>
        <source>No document is open in this window.</source>
        <translation>In diesem Fenster ist kein Dokument offen.</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>This took too long and was given up.</source>
        <translation>Das hat zu lange gedauert und wurde abgebrochen.</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>Gleich noch einmal versuchen.</translation>
    </message>
    <message>
        <source>The system refused to do this: %1.</source>
        <translation>Das System hat das abgelehnt: %1.</translation>
    </message>
    <message>
        <source>Choose another place, or make that one usable.</source>
        <translation>Einen anderen Ort wählen, oder diesen benutzbar machen.</translation>
    </message>
    <message>
        <source>There is not enough memory for this.</source>
        <translation>Dafür reicht der Arbeitsspeicher nicht.</translation>
    </message>
    <message>
        <source>Close other programs, then try again.</source>
        <translation>Andere Programme schließen, dann noch einmal versuchen.</translation>
    </message>
    <message>
        <source>The database on this device did not answer as it should.</source>
        <translation>Die Datenbank auf diesem Gerät hat nicht geantwortet, wie sie soll.</translation>
    </message>
    <message>
        <source>Try again; if it stays so, start Inkstand anew.</source>
        <translation>Noch einmal versuchen; bleibt es so, Inkstand neu starten.</translation>
    </message>
    <message>
        <source>Something went wrong in Inkstand itself.</source>
        <translation>In Inkstand selbst ist etwas schiefgegangen.</translation>
    </message>
    <message>
        <source>The text is kept, and writing goes on.</source>
        <translation>Der Text ist bewahrt, und das Schreiben geht weiter.</translation>
    </message>
    <message>
        <source>“Problem reports” in the Help menu shows what is known about it.</source>
        <translation>„Problemberichte“ im Menü Hilfe zeigt, was darüber bekannt ist.</translation>
    </message>
    <message>
        <source>Make room on the disk, or export the text to another one.</source>
        <translation>Platz auf dem Datenträger schaffen, oder den Text auf einen anderen exportieren.</translation>
    </message>
    <message>
        <source>Check the address and the network, then try again.</source>
        <translation>Adresse und Netzwerk prüfen, dann noch einmal versuchen.</translation>
    </message>
    <message>
        <source>Choose another place for the file.</source>
        <translation>Einen anderen Ort für die Datei wählen.</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>Eine andere Datei wählen.</translation>
    </message>
    <message>
        <source>Save it in another format or size, then add it again.</source>
        <translation>In einem anderen Format oder einer anderen Größe speichern, dann noch einmal einfügen.</translation>
    </message>
    <message>
        <source>Look where you have Inkstand from, and tell them of it.</source>
        <translation>Am besten dort nachsehen, woher Inkstand kommt, und dort Bescheid geben.</translation>
    </message>
    <message>
        <source>The list of versions cannot be reached: %1.</source>
        <translation>Die Liste der Versionen ist nicht zu erreichen: %1.</translation>
    </message>
    <message>
        <source>Check the network, then try again.</source>
        <translation>Das Netz prüfen, dann noch einmal versuchen.</translation>
    </message>
    <message>
        <source>The list of versions is not signed as it should be.</source>
        <translation>Die Liste der Versionen ist nicht so unterschrieben, wie sie sein sollte.</translation>
    </message>
    <message>
        <source>It may be somebody else’s, so nothing in it is believed.</source>
        <translation>Vielleicht ist jemand anderes am Werk, darum gilt nichts, was darin steht.</translation>
    </message>
    <message>
        <source>The list of versions was only good until %1.</source>
        <translation>Die Liste der Versionen galt nur bis %1.</translation>
    </message>
    <message>
        <source>A newer one may be held back on the way.</source>
        <translation>Vielleicht wird eine neuere unterwegs zurückgehalten.</translation>
    </message>
    <message>
        <source>See that this computer’s clock is right, then try again.</source>
        <translation>Nachsehen, ob die Uhr dieses Computers richtig geht, dann noch einmal versuchen.</translation>
    </message>
    <message>
        <source>The list of versions is older than the one seen before.</source>
        <translation>Die Liste der Versionen ist älter als die zuletzt gesehene.</translation>
    </message>
    <message>
        <source>Try again on another network, or another day.</source>
        <translation>In einem anderen Netz oder an einem anderen Tag noch einmal versuchen.</translation>
    </message>
    <message>
        <source>What is found in the place of the list of versions is none.</source>
        <translation>Was sich an der Stelle der Liste der Versionen findet, ist keine.</translation>
    </message>
</context>
<context>
    <name>FileActions</name>
    <message>
        <source>&amp;New document</source>
        <translation>&amp;Neues Dokument</translation>
    </message>
    <message>
        <source>&amp;Go to document…</source>
        <translation>Zu Dokument &amp;wechseln…</translation>
    </message>
    <message>
        <source>&amp;Rename</source>
        <translation>&amp;Umbenennen</translation>
    </message>
    <message>
        <source>&amp;Duplicate</source>
        <translation>&amp;Duplizieren</translation>
    </message>
    <message>
        <source>Discard re&amp;fused changes…</source>
        <translation>&amp;Abgelehnte Änderungen verwerfen…</translation>
    </message>
    <message>
        <source>&amp;Share…</source>
        <translation>&amp;Freigeben…</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>&amp;Importieren…</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exportieren…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>New from &amp;template</source>
        <translation>Neu aus &amp;Vorlage</translation>
    </message>
    <message>
        <source>Your changes that the relay refused are deleted from this device, and the text that the others have takes their place. This cannot be undone. To keep your changes, choose Duplicate or Export first.</source>
        <translation>Die eigenen Änderungen, die das Relay abgelehnt hat, werden von diesem Gerät gelöscht, und der Text der anderen tritt an ihre Stelle. Das lässt sich nicht rückgängig machen. Wer sie behalten will, wählt vorher „Duplizieren“ oder „Exportieren“.</translation>
    </message>
    <message>
        <source>Discard refused changes?</source>
        <translation>Abgelehnte Änderungen verwerfen?</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
</context>
<context>
    <name>Files</name>
    <message>
        <source>Text, Markdown, HTML and Inkstand (*.md *.markdown *.txt *.html *.htm *.inkstand)</source>
        <translation>Text, Markdown, HTML und Inkstand (*.md *.markdown *.txt *.html *.htm *.inkstand)</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>Markdown (*.md);;HTML (*.html);;Plain text (*.txt);;Inkstand (*.inkstand);;JSON (*.json)</source>
        <translation>Markdown (*.md);;HTML (*.html);;Reiner Text (*.txt);;Inkstand (*.inkstand);;JSON (*.json)</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Importing “%1”…</source>
        <translation>„%1“ wird importiert …</translation>
    </message>
    <message>
        <source>Exporting “%1”…</source>
        <translation>„%1“ wird exportiert …</translation>
    </message>
</context>
<context>
    <name>FindActions</name>
    <message>
        <source>&amp;Find…</source>
        <translation>&amp;Suchen…</translation>
    </message>
    <message>
        <source>Find &amp;next</source>
        <translation>&amp;Nächste Fundstelle</translation>
    </message>
    <message>
        <source>Find pre&amp;vious</source>
        <translation>&amp;Vorige Fundstelle</translation>
    </message>
    <message>
        <source>R&amp;eplace…</source>
        <translation>Erset&amp;zen…</translation>
    </message>
    <message>
        <source>Search in the li&amp;brary…</source>
        <translation>In der Bi&amp;bliothek suchen…</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find and replace</source>
        <translation>Suchen und ersetzen</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Previous (Shift+Enter)</source>
        <translation>Vorige (Umschalt+Eingabe)</translation>
    </message>
    <message>
        <source>Next (Enter)</source>
        <translation>Nächste (Eingabe)</translation>
    </message>
    <message>
        <source>Match case</source>
        <translation>Groß- und Kleinschreibung beachten</translation>
    </message>
    <message>
        <source>Whole words</source>
        <translation>Ganze Wörter</translation>
    </message>
    <message>
        <source>Regular expression</source>
        <translation>Regulärer Ausdruck</translation>
    </message>
    <message>
        <source>In selection</source>
        <translation>In der Auswahl</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>Schließen (Esc)</translation>
    </message>
    <message>
        <source>Replace with</source>
        <translation>Ersetzen durch</translation>
    </message>
    <message>
        <source>&amp;Replace</source>
        <translation>E&amp;rsetzen</translation>
    </message>
    <message>
        <source>Replace a&amp;ll</source>
        <translation>A&amp;lle ersetzen</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Replacing %1 of %2…</source>
        <translation>%1 von %2 werden ersetzt…</translation>
    </message>
    <message>
        <source>%1 replaced</source>
        <translation>%1 ersetzt</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>Suche läuft…</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>Nicht gefunden</translation>
    </message>
    <message>
        <source>%1 found</source>
        <translation>%1 gefunden</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>from the top</source>
        <translation>von oben</translation>
    </message>
    <message>
        <source>from the end</source>
        <translation>vom Ende her</translation>
    </message>
    <message>
        <source>This expression takes too long here; try a simpler one</source>
        <translation>Dieser Ausdruck braucht hier zu lange; ein einfacherer hilft</translation>
    </message>
    <message>
        <source>Not an expression: %1</source>
        <translation>Kein Ausdruck: %1</translation>
    </message>
    <message>
        <source>Not an expression: %1, at character %2</source>
        <translation>Kein Ausdruck: %1, bei Zeichen %2</translation>
    </message>
</context>
<context>
    <name>FolderDialog</name>
    <message>
        <source>Move to folder</source>
        <translation>In Ordner verschieben</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Documents (no folder)</source>
        <translation>Dokumente (kein Ordner)</translation>
    </message>
    <message>
        <source>&amp;Into which folder?</source>
        <translation>&amp;In welchen Ordner?</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>Verschieben</translation>
    </message>
</context>
<context>
    <name>FootnoteDialog</name>
    <message>
        <source>Footnote</source>
        <translation>Fußnote</translation>
    </message>
    <message>
        <source>Words of the footnote</source>
        <translation>Text der Fußnote</translation>
    </message>
    <message>
        <source>Its number follows from where it stands.</source>
        <translation>Die Nummer ergibt sich aus der Stelle im Text.</translation>
    </message>
</context>
<context>
    <name>FormatActions</name>
    <message>
        <source>Su&amp;perscript</source>
        <translation>&amp;Hochgestellt</translation>
    </message>
    <message>
        <source>Su&amp;bscript</source>
        <translation>&amp;Tiefgestellt</translation>
    </message>
    <message>
        <source>&amp;Clear formatting</source>
        <translation>Formatierung &amp;entfernen</translation>
    </message>
    <message>
        <source>Lin&amp;k…</source>
        <translation>&amp;Link…</translation>
    </message>
    <message>
        <source>O&amp;pen link…</source>
        <translation>Link &amp;öffnen…</translation>
    </message>
    <message>
        <source>F&amp;ormat</source>
        <translation>F&amp;ormat</translation>
    </message>
    <message>
        <source>&amp;More marks</source>
        <translation>&amp;Weitere Auszeichnungen</translation>
    </message>
    <message>
        <source>&amp;Text colour</source>
        <translation>&amp;Textfarbe</translation>
    </message>
    <message>
        <source>Hi&amp;ghlight</source>
        <translation>&amp;Hervorheben</translation>
    </message>
    <message>
        <source>&amp;Heading</source>
        <translation>Ü&amp;berschrift</translation>
    </message>
    <message>
        <source>&amp;Alignment</source>
        <translation>Aus&amp;richtung</translation>
    </message>
    <message>
        <source>&amp;Bold</source>
        <translation>&amp;Fett</translation>
    </message>
    <message>
        <source>&amp;Italic</source>
        <translation>&amp;Kursiv</translation>
    </message>
    <message>
        <source>&amp;Underline</source>
        <translation>&amp;Unterstrichen</translation>
    </message>
    <message>
        <source>&amp;Strikethrough</source>
        <translation>&amp;Durchgestrichen</translation>
    </message>
    <message>
        <source>&amp;Code</source>
        <translation>&amp;Code</translation>
    </message>
    <message>
        <source>Red</source>
        <translation>Rot</translation>
    </message>
    <message>
        <source>Ochre</source>
        <translation>Ocker</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>Grün</translation>
    </message>
    <message>
        <source>Teal</source>
        <translation>Petrol</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>Blau</translation>
    </message>
    <message>
        <source>Purple</source>
        <translation>Violett</translation>
    </message>
    <message>
        <source>Yellow</source>
        <translation>Gelb</translation>
    </message>
    <message>
        <source>Orange</source>
        <translation>Orange</translation>
    </message>
    <message>
        <source>Lilac</source>
        <translation>Flieder</translation>
    </message>
    <message>
        <source>Pink</source>
        <translation>Rosa</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Body text</source>
        <translation>Fließtext</translation>
    </message>
    <message>
        <source>Heading %1</source>
        <translation>Überschrift %1</translation>
    </message>
    <message>
        <source>Bu&amp;llet list</source>
        <translation>Auf&amp;zählung</translation>
    </message>
    <message>
        <source>&amp;Numbered list</source>
        <translation>&amp;Nummerierte Liste</translation>
    </message>
    <message>
        <source>Check li&amp;st</source>
        <translation>&amp;Aufgabenliste</translation>
    </message>
    <message>
        <source>Check or uncheck</source>
        <translation>Haken setzen oder entfernen</translation>
    </message>
    <message>
        <source>&amp;Quote</source>
        <translation>Z&amp;itat</translation>
    </message>
    <message>
        <source>Co&amp;de block</source>
        <translation>Co&amp;deblock</translation>
    </message>
    <message>
        <source>Ind&amp;ent</source>
        <translation>Einrü&amp;cken</translation>
    </message>
    <message>
        <source>Outdent</source>
        <translation>Ausrücken</translation>
    </message>
    <message>
        <source>&amp;As the text runs</source>
        <translation>&amp;Am Zeilenanfang</translation>
    </message>
    <message>
        <source>&amp;Centred</source>
        <translation>&amp;Zentriert</translation>
    </message>
    <message>
        <source>&amp;Right</source>
        <translation>&amp;Rechtsbündig</translation>
    </message>
    <message>
        <source>&amp;Justified</source>
        <translation>&amp;Blocksatz</translation>
    </message>
    <message>
        <source>Right to &amp;left</source>
        <translation>Von rechts nach &amp;links</translation>
    </message>
</context>
<context>
    <name>FormatBar</name>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Paragraph style</source>
        <translation>Absatzformat</translation>
    </message>
</context>
<context>
    <name>HelpActions</name>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>&amp;Problem reports…</source>
        <translation>&amp;Problemberichte…</translation>
    </message>
    <message>
        <source>&amp;About Inkstand</source>
        <translation>Ü&amp;ber Inkstand</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Check for &amp;updates…</source>
        <translation>Nach &amp;Updates suchen…</translation>
    </message>
    <message>
        <source>About Inkstand</source>
        <translation>Über Inkstand</translation>
    </message>
    <message>
        <source>Inkstand %1

A place to write, offline and together.</source>
        <translation>Inkstand %1

Ein Ort zum Schreiben, offline und gemeinsam.</translation>
    </message>
</context>
<context>
    <name>HostingDialog</name>
    <message>
        <source>Share on this network</source>
        <translation>In diesem Netzwerk freigeben</translation>
    </message>
    <message>
        <source>This computer becomes a relay: others in the same network can be invited, and documents stay in step without any server. The relay runs while Inkstand is open, and keeps its data in this profile.</source>
        <translation>Dieser Computer wird ein Relay: Andere im selben Netzwerk lassen sich einladen, und Dokumente bleiben ohne jeden Server auf demselben Stand. Das Relay läuft, solange Inkstand offen ist, und behält seine Daten in diesem Profil.</translation>
    </message>
    <message>
        <source>The connection is not encrypted: whoever can listen in on this network can read along. It is meant for a network at home or at work, not for a public one. Only computers in the network chosen here can connect.</source>
        <translation>Die Verbindung ist nicht verschlüsselt: Wer in diesem Netzwerk mithören kann, kann mitlesen. Gedacht ist das für ein Netzwerk zu Hause oder bei der Arbeit, nicht für ein öffentliches. Nur Computer in dem hier gewählten Netzwerk können sich verbinden.</translation>
    </message>
    <message>
        <source>What happens</source>
        <translation>Was geschieht</translation>
    </message>
    <message>
        <source>&amp;Start sharing</source>
        <translation>&amp;Freigabe starten</translation>
    </message>
    <message>
        <source>St&amp;op sharing</source>
        <translation>Freigabe &amp;beenden</translation>
    </message>
    <message>
        <source>This installation of Inkstand comes without a relay. A relay on another computer does the same: see docs/relay.md.</source>
        <translation>Diese Installation von Inkstand enthält kein Relay. Ein Relay auf einem anderen Computer leistet dasselbe: siehe docs/relay.md.</translation>
    </message>
    <message>
        <source>This computer is in no local network. Connect to one, then try again.</source>
        <translation>Dieser Computer ist in keinem lokalen Netzwerk. Nach dem Verbinden mit einem noch einmal versuchen.</translation>
    </message>
    <message>
        <source>Name that others see</source>
        <translation>Name, den andere sehen</translation>
    </message>
    <message>
        <source>Password for other devices</source>
        <translation>Passwort für andere Geräte</translation>
    </message>
    <message>
        <source>At least %1 characters</source>
        <translation>Mindestens %1 Zeichen</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>Port</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>&amp;Name</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Passwort</translation>
    </message>
    <message>
        <source>N&amp;etwork</source>
        <translation>N&amp;etzwerk</translation>
    </message>
    <message>
        <source>Po&amp;rt</source>
        <translation>Po&amp;rt</translation>
    </message>
    <message>
        <source>Address of the relay on this computer</source>
        <translation>Adresse des Relays auf diesem Computer</translation>
    </message>
    <message>
        <source>&amp;Copy address</source>
        <translation>Adresse &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Invite to “%1”…</source>
        <translation>Zu „%1“ &amp;einladen…</translation>
    </message>
    <message>
        <source>This computer is a relay now. Its address:</source>
        <translation>Dieser Computer ist jetzt ein Relay. Seine Adresse:</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Wird gestartet…</translation>
    </message>
</context>
<context>
    <name>ImageDialog</name>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Say in a few words what the image shows, for those who cannot see it.</source>
        <translation>In wenigen Worten, was das Bild zeigt, für alle, die es nicht sehen können.</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>Beschreibung</translation>
    </message>
    <message>
        <source> pixels</source>
        <translation> Bildpunkte</translation>
    </message>
    <message>
        <source>As it is</source>
        <translation>Wie es ist</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>Breite</translation>
    </message>
    <message>
        <source>&amp;Description</source>
        <translation>&amp;Beschreibung</translation>
    </message>
    <message>
        <source>&amp;Width</source>
        <translation>B&amp;reite</translation>
    </message>
    <message>
        <source>Images (*.png *.jpg *.jpeg *.gif *.webp)</source>
        <translation>Bilder (*.png *.jpg *.jpeg *.gif *.webp)</translation>
    </message>
    <message>
        <source>Insert an image</source>
        <translation>Bild einfügen</translation>
    </message>
    <message>
        <source>Image…</source>
        <translation>Bild…</translation>
    </message>
</context>
<context>
    <name>InsertActions</name>
    <message>
        <source>&amp;Image…</source>
        <translation>&amp;Bild…</translation>
    </message>
    <message>
        <source>Image &amp;description…</source>
        <translation>Bild b&amp;eschreiben…</translation>
    </message>
    <message>
        <source>&amp;Footnote…</source>
        <translation>&amp;Fußnote…</translation>
    </message>
    <message>
        <source>Di&amp;vider</source>
        <translation>&amp;Trennlinie</translation>
    </message>
    <message>
        <source>&amp;Insert</source>
        <translation>&amp;Einfügen</translation>
    </message>
</context>
<context>
    <name>Intake</name>
    <message>
        <source>What was pasted did not come in whole; undo takes it back.</source>
        <translation>Das Eingefügte ist nicht vollständig angekommen; „Rückgängig“ nimmt es zurück.</translation>
    </message>
</context>
<context>
    <name>Invitations</name>
    <message>
        <source>Not signed in to the relay: what is written stays on this device until then.</source>
        <translation>Nicht beim Relay angemeldet: Was geschrieben wird, bleibt bis dahin auf diesem Gerät.</translation>
    </message>
    <message>
        <source>Sign in again</source>
        <translation>Wieder anmelden</translation>
    </message>
</context>
<context>
    <name>Inviting</name>
    <message>
        <source>Role of who is invited</source>
        <translation>Rolle der eingeladenen Person</translation>
    </message>
    <message>
        <source>%1 – %2</source>
        <translation>%1 – %2</translation>
    </message>
    <message>
        <source>For how long the invite is good</source>
        <translation>Wie lange die Einladung gilt</translation>
    </message>
    <message>
        <source>for an hour</source>
        <translation>eine Stunde lang</translation>
    </message>
    <message>
        <source>for a day</source>
        <translation>einen Tag lang</translation>
    </message>
    <message>
        <source>for a week</source>
        <translation>eine Woche lang</translation>
    </message>
    <message>
        <source>for 30 days</source>
        <translation>30 Tage lang</translation>
    </message>
    <message>
        <source>&amp;Invite</source>
        <translation>&amp;Einladen</translation>
    </message>
    <message>
        <source>Make an invite</source>
        <translation>Eine Einladung erstellen</translation>
    </message>
    <message>
        <source>Open invites</source>
        <translation>Offene Einladungen</translation>
    </message>
    <message>
        <source>Re&amp;voke</source>
        <translation>&amp;Widerrufen</translation>
    </message>
    <message>
        <source>Revoke the invite chosen</source>
        <translation>Die gewählte Einladung widerrufen</translation>
    </message>
    <message>
        <source>Invite someone by a link or a code:</source>
        <translation>Jemanden mit einem Link oder Code einladen:</translation>
    </message>
    <message>
        <source>Copy lin&amp;k</source>
        <translation>&amp;Link kopieren</translation>
    </message>
    <message>
        <source>Copy co&amp;de</source>
        <translation>Co&amp;de kopieren</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>Link</translation>
    </message>
    <message>
        <source>Invite link</source>
        <translation>Einladungslink</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>Invite code</source>
        <translation>Einladungscode</translation>
    </message>
    <message>
        <source>Open invites:</source>
        <translation>Offene Einladungen:</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>Kopiert.</translation>
    </message>
    <message>
        <source>Good once, until %1. Whoever has it can join: it is best sent to one person only.</source>
        <translation>Gilt einmal, bis %1. Wer sie hat, kann beitreten: am besten nur an eine Person senden.</translation>
    </message>
    <message>
        <source>%1, until %2</source>
        <translation>%1, bis %2</translation>
    </message>
</context>
<context>
    <name>JoinDialog</name>
    <message>
        <source>Join by invite</source>
        <translation>Mit Einladung beitreten</translation>
    </message>
    <message>
        <source>Invite link or code</source>
        <translation>Einladungslink oder -code</translation>
    </message>
    <message>
        <source>Relay</source>
        <translation>Relay</translation>
    </message>
    <message>
        <source>&amp;Invite</source>
        <translation>&amp;Einladung</translation>
    </message>
    <message>
        <source>&amp;Relay</source>
        <translation>&amp;Relay</translation>
    </message>
    <message>
        <source>Where the invite leads</source>
        <translation>Wohin die Einladung führt</translation>
    </message>
    <message>
        <source>&amp;Also send what is only on this device to this relay</source>
        <translation>&amp;Auch an dieses Relay senden, was nur auf diesem Gerät ist</translation>
    </message>
    <message>
        <source>What went wrong</source>
        <translation>Was nicht ging</translation>
    </message>
    <message>
        <source>&amp;Join</source>
        <translation>&amp;Beitreten</translation>
    </message>
    <message>
        <source>&amp;Use an account that is there already</source>
        <translation>Ein &amp;vorhandenes Konto verwenden</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>Na&amp;me</source>
        <translation>Na&amp;me</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Passwort</translation>
    </message>
    <message>
        <source>Join as %1 at %2, the relay of this profile.</source>
        <translation>Beitritt als %1 bei %2, dem Relay dieses Profils.</translation>
    </message>
    <message>
        <source>This invite leads to the relay at %1. Whoever runs it can read what is kept in step there. Join only if the invite comes from somebody trusted.</source>
        <translation>Diese Einladung führt zum Relay unter %1. Wer es betreibt, kann lesen, was dort auf demselben Stand gehalten wird. Nur beitreten, wenn die Einladung von jemandem kommt, dem zu trauen ist.</translation>
    </message>
    <message>
        <source>It is another one than this profile’s, %1. Documents of that one stay on this device and are not sent to the new one; Account › Relays and accounts switches back.</source>
        <translation>Es ist ein anderes als das dieses Profils, %1. Dessen Dokumente bleiben auf diesem Gerät und werden nicht an das neue gesendet; Konto › Relays und Konten wechselt zurück.</translation>
    </message>
    <message>
        <source>The connection is not encrypted: whoever can listen in on the network can read along.</source>
        <translation>Die Verbindung ist nicht verschlüsselt: Wer im Netzwerk mithören kann, kann mitlesen.</translation>
    </message>
    <message>
        <source>Asking the relay…</source>
        <translation>Das Relay wird gefragt…</translation>
    </message>
</context>
<context>
    <name>LanguagePage</name>
    <message>
        <source>Language of menus and messages</source>
        <translation>Sprache der Menüs und Meldungen</translation>
    </message>
    <message>
        <source>As this computer</source>
        <translation>Wie dieser Computer</translation>
    </message>
    <message>
        <source>&amp;Menus and messages</source>
        <translation>&amp;Menüs und Meldungen</translation>
    </message>
    <message>
        <source>The new language is spoken when Inkstand is started the next time.</source>
        <translation>Die neue Sprache gilt ab dem nächsten Start von Inkstand.</translation>
    </message>
    <message>
        <source>The language that a text is in belongs to the text: Edit › Document language. It decides about spelling and quotes.</source>
        <translation>Die Sprache eines Textes gehört zum Text: Bearbeiten › Sprache des Dokuments. Von ihr hängen Rechtschreibung und Anführungszeichen ab.</translation>
    </message>
</context>
<context>
    <name>LibraryActions</name>
    <message>
        <source>New &amp;folder</source>
        <translation>Neuer &amp;Ordner</translation>
    </message>
    <message>
        <source>F&amp;avourite</source>
        <translation>&amp;Favorit</translation>
    </message>
    <message>
        <source>&amp;Tags…</source>
        <translation>&amp;Schlagwörter…</translation>
    </message>
    <message>
        <source>&amp;Move to folder…</source>
        <translation>In Ordner &amp;verschieben…</translation>
    </message>
    <message>
        <source>Move to t&amp;rash</source>
        <translation>In den &amp;Papierkorb</translation>
    </message>
    <message>
        <source>Re&amp;store from trash</source>
        <translation>Aus dem Papierkorb &amp;zurückholen</translation>
    </message>
    <message>
        <source>&amp;Empty trash…</source>
        <translation>Papierkorb &amp;leeren…</translation>
    </message>
    <message>
        <source>&amp;Dissolve folder</source>
        <translation>Ordner &amp;auflösen</translation>
    </message>
    <message>
        <source>Delete ta&amp;g</source>
        <translation>S&amp;chlagwort löschen</translation>
    </message>
    <message>
        <source>&amp;Red</source>
        <translation>&amp;Rot</translation>
    </message>
    <message>
        <source>&amp;Orange</source>
        <translation>&amp;Orange</translation>
    </message>
    <message>
        <source>&amp;Yellow</source>
        <translation>&amp;Gelb</translation>
    </message>
    <message>
        <source>&amp;Green</source>
        <translation>Gr&amp;ün</translation>
    </message>
    <message>
        <source>&amp;Teal</source>
        <translation>&amp;Petrol</translation>
    </message>
    <message>
        <source>&amp;Blue</source>
        <translation>&amp;Blau</translation>
    </message>
    <message>
        <source>&amp;Violet</source>
        <translation>&amp;Violett</translation>
    </message>
    <message>
        <source>&amp;Pink</source>
        <translation>Ros&amp;a</translation>
    </message>
    <message>
        <source>&amp;None</source>
        <translation>&amp;Keine</translation>
    </message>
    <message>
        <source>&amp;Newest first</source>
        <translation>&amp;Neueste zuerst</translation>
    </message>
    <message>
        <source>By &amp;title</source>
        <translation>Nach &amp;Titel</translation>
    </message>
    <message>
        <source>By &amp;hand</source>
        <translation>Von &amp;Hand</translation>
    </message>
    <message>
        <source>&amp;Undo library step</source>
        <translation>Schritt in der Bibliothek &amp;rückgängig</translation>
    </message>
    <message>
        <source>Redo l&amp;ibrary step</source>
        <translation>Schritt in der Bibliothek &amp;wiederholen</translation>
    </message>
    <message>
        <source>Li&amp;brary</source>
        <translation>B&amp;ibliothek</translation>
    </message>
    <message>
        <source>What is in the trash leaves your library, on all your devices. This cannot be undone. Other people keep what is shared with them, and what was written stays stored on this device and on the relay.</source>
        <translation>Was im Papierkorb liegt, verschwindet aus der Bibliothek, auf allen Geräten. Das lässt sich nicht rückgängig machen. Andere behalten, was mit ihnen geteilt ist, und das Geschriebene bleibt auf diesem Gerät und auf dem Relay gespeichert.</translation>
    </message>
    <message>
        <source>Tag &amp;colour</source>
        <translation>Farb&amp;e des Schlagworts</translation>
    </message>
    <message>
        <source>S&amp;ort</source>
        <translation>Sort&amp;ieren</translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>Neuer Ordner</translation>
    </message>
    <message>
        <source>Empty the trash?</source>
        <translation>Papierkorb leeren?</translation>
    </message>
    <message>
        <source>Empty trash</source>
        <translation>Papierkorb leeren</translation>
    </message>
</context>
<context>
    <name>LibraryModel</name>
    <message>
        <source>Library</source>
        <translation>Bibliothek</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Favourites</source>
        <translation>Favoriten</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>Dokumente</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Schlagwörter</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>Papierkorb</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>Gefunden</translation>
    </message>
</context>
<context>
    <name>LibrarySearch</name>
    <message>
        <source>Search in the library</source>
        <translation>In der Bibliothek suchen</translation>
    </message>
    <message numerus="yes">
        <source>%Ln documents</source>
        <translation>
            <numerusform>%Ln Dokument</numerusform>
            <numerusform>%Ln Dokumente</numerusform>
        </translation>
    </message>
    <message>
        <source>No document has these words.</source>
        <translation>In keinem Dokument kommen diese Wörter vor.</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>Ohne Titel</translation>
    </message>
    <message>
        <source>Looks through all documents.

“Words in quotes” must follow each other.
A minus before a word leaves out the documents that have it.</source>
        <translation>Durchsucht alle Dokumente.

„Wörter in Anführungszeichen“ müssen aufeinander folgen.
Ein Minus vor einem Wort lässt die Dokumente weg, in denen es vorkommt.</translation>
    </message>
    <message>
        <source>still reading: %1 of %2 documents can be found</source>
        <translation>wird noch eingelesen: %1 von %2 Dokumenten sind zu finden</translation>
    </message>
</context>
<context>
    <name>LinkDialog</name>
    <message>
        <source>Edit link</source>
        <translation>Link bearbeiten</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>Link</translation>
    </message>
    <message>
        <source>The address itself</source>
        <translation>Die Adresse selbst</translation>
    </message>
    <message>
        <source>&amp;Address</source>
        <translation>&amp;Adresse</translation>
    </message>
    <message>
        <source>&amp;Text</source>
        <translation>&amp;Text</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>&amp;Change</source>
        <translation>Ä&amp;ndern</translation>
    </message>
    <message>
        <source>&amp;Link</source>
        <translation>&amp;Verlinken</translation>
    </message>
    <message>
        <source>&amp;Remove link</source>
        <translation>Link &amp;entfernen</translation>
    </message>
    <message>
        <source>Leads to %1</source>
        <translation>Führt zu %1</translation>
    </message>
    <message>
        <source>Type the address that the link leads to.</source>
        <translation>Hier fehlt die Adresse, zu der der Link führt.</translation>
    </message>
    <message>
        <source>An address has no spaces. Write %20 where one must be.</source>
        <translation>Eine Adresse hat keine Leerzeichen. Wo eines sein muss, steht %20.</translation>
    </message>
    <message>
        <source>Links can only lead to http, https, mailto and inkstand addresses. Use one of these.</source>
        <translation>Links können nur zu Adressen mit http, https, mailto oder inkstand führen. Bitte eine davon verwenden.</translation>
    </message>
    <message>
        <source>This is no address yet. One looks like example.org or ada@example.org.</source>
        <translation>Das ist noch keine Adresse. Eine sähe aus wie example.org oder ada@example.org.</translation>
    </message>
</context>
<context>
    <name>Links</name>
    <message>
        <source>%1 — Ctrl+click to open</source>
        <translation>%1 – Strg+Klick öffnet</translation>
    </message>
    <message>
        <source>&amp;Open link…</source>
        <translation>Link &amp;öffnen…</translation>
    </message>
    <message>
        <source>Copy link &amp;address</source>
        <translation>&amp;Adresse kopieren</translation>
    </message>
    <message>
        <source>&amp;Edit link…</source>
        <translation>Link &amp;bearbeiten…</translation>
    </message>
    <message>
        <source>&amp;Remove link</source>
        <translation>Link &amp;entfernen</translation>
    </message>
</context>
<context>
    <name>LiveDocuments</name>
    <message>
        <source>Untitled</source>
        <translation>Ohne Titel</translation>
    </message>
</context>
<context>
    <name>OpenLinkDialog</name>
    <message>
        <source>Open link</source>
        <translation>Link öffnen</translation>
    </message>
    <message>
        <source>Open this address on %1?</source>
        <translation>Diese Adresse auf %1 öffnen?</translation>
    </message>
    <message>
        <source>Open this address?</source>
        <translation>Diese Adresse öffnen?</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>&amp;Open</source>
        <translation>Ö&amp;ffnen</translation>
    </message>
    <message>
        <source>&amp;Copy address</source>
        <translation>Adresse &amp;kopieren</translation>
    </message>
    <message>
        <source>The name of this host has letters of other scripts in it (that is what xn-- means). Make sure that it is the one you expect.</source>
        <translation>Der Name dieses Rechners enthält Buchstaben anderer Schriften (das bedeutet xn--). Bitte prüfen, ob es der erwartete ist.</translation>
    </message>
</context>
<context>
    <name>OutlinePanel</name>
    <message>
        <source>Outline</source>
        <translation>Gliederung</translation>
    </message>
    <message>
        <source>Headings appear here.
Ctrl+Alt+1 makes a line one.</source>
        <translation>Hier erscheinen Überschriften.
Strg+Alt+1 macht eine Zeile dazu.</translation>
    </message>
    <message>
        <source>(empty)</source>
        <translation>(leer)</translation>
    </message>
    <message>
        <source>%1, heading %2</source>
        <translation>%1, Überschrift %2</translation>
    </message>
    <message>
        <source>Go there</source>
        <translation>Dorthin gehen</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>Nach oben</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>Nach unten</translation>
    </message>
</context>
<context>
    <name>Overlay</name>
    <message>
        <source>Documents found</source>
        <translation>Gefundene Dokumente</translation>
    </message>
</context>
<context>
    <name>PageDialog</name>
    <message>
        <source>Page</source>
        <translation>Seite</translation>
    </message>
</context>
<context>
    <name>PageForm</name>
    <message>
        <source>Choose the &amp;font myself</source>
        <translation>&amp;Schrift selbst wählen</translation>
    </message>
    <message>
        <source>Font</source>
        <translation>Schrift</translation>
    </message>
    <message>
        <source>Line height</source>
        <translation>Zeilenhöhe</translation>
    </message>
    <message>
        <source>Width of the text</source>
        <translation>Breite des Textes</translation>
    </message>
    <message>
        <source>Line &amp;height</source>
        <translation>&amp;Zeilenhöhe</translation>
    </message>
    <message>
        <source>&amp;Width of the text</source>
        <translation>&amp;Breite des Textes</translation>
    </message>
</context>
<context>
    <name>PasswordDialog</name>
    <message>
        <source>Change password</source>
        <translation>Passwort ändern</translation>
    </message>
    <message>
        <source>Other devices have to sign in again with the new password.</source>
        <translation>Andere Geräte müssen sich mit dem neuen Passwort wieder anmelden.</translation>
    </message>
    <message>
        <source>&amp;Old password</source>
        <translation>&amp;Altes Passwort</translation>
    </message>
    <message>
        <source>Old password</source>
        <translation>Altes Passwort</translation>
    </message>
    <message>
        <source>&amp;New password</source>
        <translation>&amp;Neues Passwort</translation>
    </message>
    <message>
        <source>New password</source>
        <translation>Neues Passwort</translation>
    </message>
    <message>
        <source>New password &amp;again</source>
        <translation>Neues Passwort &amp;wiederholen</translation>
    </message>
    <message>
        <source>New password again</source>
        <translation>Neues Passwort wiederholen</translation>
    </message>
    <message>
        <source>&amp;Change password</source>
        <translation>&amp;Passwort ändern</translation>
    </message>
    <message>
        <source>The new password was not typed twice in the same way.</source>
        <translation>Das neue Passwort wurde nicht zweimal gleich eingegeben.</translation>
    </message>
    <message>
        <source>Asking the relay…</source>
        <translation>Das Relay wird gefragt…</translation>
    </message>
</context>
<context>
    <name>PeopleBar</name>
    <message>
        <source>Who is here</source>
        <translation>Wer hier ist</translation>
    </message>
    <message numerus="yes">
        <source>%Ln more people are here</source>
        <translation>
            <numerusform>Noch %Ln Person ist hier</numerusform>
            <numerusform>Noch %Ln Personen sind hier</numerusform>
        </translation>
    </message>
    <message>
        <source>%1: here now</source>
        <translation>%1: jetzt hier</translation>
    </message>
    <message>
        <source>%1: no longer here</source>
        <translation>%1: nicht mehr hier</translation>
    </message>
    <message>
        <source>Following %1: scroll or type to stop</source>
        <translation>%1 wird gefolgt: Rollen oder Tippen beendet es</translation>
    </message>
    <message>
        <source>Nobody else is here</source>
        <translation>Sonst ist niemand hier</translation>
    </message>
    <message>
        <source>&amp;Go to the caret</source>
        <translation>&amp;Zur Schreibmarke</translation>
    </message>
    <message>
        <source>&amp;Follow</source>
        <translation>&amp;Folgen</translation>
    </message>
</context>
<context>
    <name>PersonButton</name>
    <message>
        <source>%1 is here. Go to their caret</source>
        <translation>%1 ist hier. Zur Schreibmarke gehen</translation>
    </message>
    <message>
        <source>%1 is here, and followed. Go to their caret</source>
        <translation>%1 ist hier, und die Ansicht folgt. Zur Schreibmarke gehen</translation>
    </message>
</context>
<context>
    <name>Presence</name>
    <message>
        <source>Somebody</source>
        <translation>Jemand</translation>
    </message>
    <message>
        <source>%1 has no caret in this text at the moment</source>
        <translation>%1 hat in diesem Text gerade keine Schreibmarke</translation>
    </message>
    <message>
        <source>No longer following %1</source>
        <translation>%1 wird nicht mehr gefolgt</translation>
    </message>
</context>
<context>
    <name>ProblemReportsDialog</name>
    <message>
        <source>Problem reports</source>
        <translation>Problemberichte</translation>
    </message>
    <message>
        <source>When something goes wrong in Inkstand itself, it notes where in the program that was. Nothing of what you write is in these reports, and they are not sent anywhere: copy one to pass it on.</source>
        <translation>Wenn in Inkstand selbst etwas schiefgeht, wird festgehalten, an welcher Stelle des Programms das war. Nichts vom Geschriebenen steht in diesen Berichten, und sie werden nirgendwohin gesendet: zum Weitergeben einen kopieren.</translation>
    </message>
    <message>
        <source>Reports, the newest first</source>
        <translation>Berichte, der neueste zuerst</translation>
    </message>
    <message>
        <source>What the report says</source>
        <translation>Was der Bericht sagt</translation>
    </message>
    <message>
        <source>Nothing has gone wrong so far.</source>
        <translation>Bisher ist nichts schiefgegangen.</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>Bericht kopieren</translation>
    </message>
    <message>
        <source>Delete all</source>
        <translation>Alle löschen</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
</context>
<context>
    <name>ProblemTeller</name>
    <message>
        <source>Inkstand ended in an unexpected way the last time. The text is as it was saved. “Problem reports” in the Help menu shows what is known about it.</source>
        <translation>Inkstand wurde das letzte Mal unerwartet beendet. Der Text ist, wie er gespeichert wurde. „Problemberichte“ im Menü Hilfe zeigt, was darüber bekannt ist.</translation>
    </message>
</context>
<context>
    <name>Program</name>
    <message>
        <source>There is a newer version: Inkstand %1.</source>
        <translation>Es gibt eine neuere Version: Inkstand %1.</translation>
    </message>
    <message>
        <source>Show…</source>
        <translation>Anzeigen…</translation>
    </message>
</context>
<context>
    <name>RelayHere</name>
    <message>
        <source>The relay on this computer has ended by itself. Account › Share on this network starts it again.</source>
        <translation>Das Relay auf diesem Computer hat sich von selbst beendet. Konto › In diesem Netzwerk freigeben startet es wieder.</translation>
    </message>
</context>
<context>
    <name>RelaysDialog</name>
    <message>
        <source>Relays and accounts</source>
        <translation>Relays und Konten</translation>
    </message>
    <message>
        <source>Each document belongs to the account that made or joined it, and is sent to that one’s relay only. One account is in use; documents of the others stay on this device meanwhile, and wait.</source>
        <translation>Jedes Dokument gehört zu dem Konto, mit dem es angelegt oder geteilt wurde, und wird nur an dessen Relay gesendet. Ein Konto ist in Gebrauch; Dokumente der anderen bleiben so lange auf diesem Gerät und warten.</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>Konten</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>Konto</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>Dokumente</translation>
    </message>
    <message>
        <source>&amp;Use this account</source>
        <translation>Dieses Konto &amp;verwenden</translation>
    </message>
    <message>
        <source>&amp;Move documents…</source>
        <translation>Dokumente &amp;umziehen…</translation>
    </message>
    <message>
        <source>&amp;Forget…</source>
        <translation>Ver&amp;gessen…</translation>
    </message>
    <message>
        <source>&amp;Sign in elsewhere…</source>
        <translation>&amp;Anderswo anmelden…</translation>
    </message>
    <message numerus="yes">
        <source>%n document(s)</source>
        <translation>
            <numerusform>%n Dokument</numerusform>
            <numerusform>%n Dokumente</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 at %2</source>
        <translation>%1 bei %2</translation>
    </message>
    <message>
        <source>%1 (in use)</source>
        <translation>%1 (in Gebrauch)</translation>
    </message>
    <message>
        <source>On this device only</source>
        <translation>Nur auf diesem Gerät</translation>
    </message>
    <message>
        <source>A forgotten account at %1</source>
        <translation>Ein vergessenes Konto bei %1</translation>
    </message>
    <message numerus="yes">
        <source>Send %n document(s) to another relay?</source>
        <translation>
            <numerusform>%n Dokument an ein anderes Relay senden?</numerusform>
            <numerusform>%n Dokumente an ein anderes Relay senden?</numerusform>
        </translation>
    </message>
    <message>
        <source>They belong to %1 at %2 from now on, and are sent there. What the relay they came from has stays there, and goes its own way.</source>
        <translation>Die Dokumente gehören von jetzt an zu %1 bei %2 und werden dorthin gesendet. Was das bisherige Relay hat, bleibt dort und geht eigene Wege.</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source>Forget %1?</source>
        <translation>%1 vergessen?</translation>
    </message>
    <message>
        <source>Its documents stay on this device. Signing in there again brings it back.</source>
        <translation>Die Dokumente bleiben auf diesem Gerät. Eine neue Anmeldung dort bringt das Konto zurück.</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>Vergessen</translation>
    </message>
</context>
<context>
    <name>RoleLine</name>
    <message>
        <source>You may read this document, not change it.</source>
        <translation>Dieses Dokument darf gelesen, nicht geändert werden.</translation>
    </message>
    <message>
        <source>You may read this document and comment on it, not change it. Comments cannot be written here yet.</source>
        <translation>Dieses Dokument darf gelesen und kommentiert, nicht geändert werden. Kommentare lassen sich hier noch nicht schreiben.</translation>
    </message>
    <message>
        <source>You may change this document now.</source>
        <translation>Dieses Dokument darf jetzt geändert werden.</translation>
    </message>
</context>
<context>
    <name>Roles</name>
    <message>
        <source>Owner</source>
        <translation>Inhaber</translation>
    </message>
    <message>
        <source>Editor</source>
        <translation>Bearbeitung</translation>
    </message>
    <message>
        <source>Commenter</source>
        <translation>Kommentare</translation>
    </message>
    <message>
        <source>Viewer</source>
        <translation>Nur Lesen</translation>
    </message>
    <message>
        <source>writes, and decides who else may do what</source>
        <translation>schreibt und bestimmt, wer sonst was darf</translation>
    </message>
    <message>
        <source>reads, comments and writes</source>
        <translation>liest, kommentiert und schreibt</translation>
    </message>
    <message>
        <source>reads and comments</source>
        <translation>liest und kommentiert</translation>
    </message>
    <message>
        <source>reads</source>
        <translation>liest</translation>
    </message>
</context>
<context>
    <name>SalvageDialog</name>
    <message>
        <source>Damaged Database</source>
        <translation>Beschädigte Datenbank</translation>
    </message>
    <message>
        <source>What could not be read</source>
        <translation>Was nicht lesbar war</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Pages of the settings</source>
        <translation>Seiten der Einstellungen</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>Editor</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>Spelling</source>
        <translation>Rechtschreibung</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>Konto</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Updates</source>
        <translation>Updates</translation>
    </message>
</context>
<context>
    <name>ShareDialog</name>
    <message>
        <source>Share “%1”</source>
        <translation>„%1“ freigeben</translation>
    </message>
    <message>
        <source>&amp;Sign in to a relay…</source>
        <translation>&amp;Bei einem Relay anmelden…</translation>
    </message>
    <message>
        <source>Share on this &amp;network…</source>
        <translation>In diesem &amp;Netzwerk freigeben…</translation>
    </message>
    <message>
        <source>C&amp;hange</source>
        <translation>&amp;Ändern</translation>
    </message>
    <message>
        <source>Change access of the person chosen</source>
        <translation>Zugang der gewählten Person ändern</translation>
    </message>
    <message>
        <source>&amp;Leave this document…</source>
        <translation>Dieses Dokument &amp;verlassen…</translation>
    </message>
    <message>
        <source>What went wrong</source>
        <translation>Was nicht ging</translation>
    </message>
    <message>
        <source>Asking the relay…</source>
        <translation>Das Relay wird gefragt…</translation>
    </message>
    <message>
        <source>People with access</source>
        <translation>Personen mit Zugang</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>These people have access:</source>
        <translation>Zugang haben:</translation>
    </message>
    <message>
        <source>The last owner cannot leave: first make somebody else the owner.</source>
        <translation>Der letzte Inhaber kann nicht gehen: Zuerst jemand anderen zum Inhaber machen.</translation>
    </message>
    <message>
        <source>%1 (this account)</source>
        <translation>%1 (dieses Konto)</translation>
    </message>
    <message>
        <source>%1 (deactivated)</source>
        <translation>%1 (deaktiviert)</translation>
    </message>
    <message>
        <source>%1 – %2</source>
        <translation>%1 – %2</translation>
    </message>
    <message>
        <source>Hand over &amp;ownership…</source>
        <translation>&amp;Eigentum übergeben…</translation>
    </message>
    <message>
        <source>&amp;Remove…</source>
        <translation>&amp;Entfernen…</translation>
    </message>
    <message>
        <source>Make %1 an owner, too?</source>
        <translation>%1 auch zum Inhaber machen?</translation>
    </message>
    <message>
        <source>An owner may remove everybody, this account as well.</source>
        <translation>Ein Inhaber darf alle entfernen, auch dieses Konto.</translation>
    </message>
    <message>
        <source>Make owner</source>
        <translation>Zum Inhaber machen</translation>
    </message>
    <message>
        <source>Give up ownership?</source>
        <translation>Eigentum aufgeben?</translation>
    </message>
    <message>
        <source>Only another owner can give it back.</source>
        <translation>Nur ein anderer Inhaber kann es zurückgeben.</translation>
    </message>
    <message>
        <source>Give up</source>
        <translation>Aufgeben</translation>
    </message>
    <message>
        <source>Hand over ownership to %1?</source>
        <translation>Eigentum an %1 übergeben?</translation>
    </message>
    <message>
        <source>This account becomes an editor. Only the new owner can give ownership back.</source>
        <translation>Dieses Konto behält das Recht zu bearbeiten. Nur der neue Inhaber kann das Eigentum zurückgeben.</translation>
    </message>
    <message>
        <source>Hand over</source>
        <translation>Übergeben</translation>
    </message>
    <message>
        <source>Remove %1?</source>
        <translation>%1 entfernen?</translation>
    </message>
    <message>
        <source>They get nothing new of this document from now on. What is on their devices already stays there.</source>
        <translation>Von jetzt an kommt dort nichts Neues von diesem Dokument mehr an. Was schon auf diesen Geräten ist, bleibt dort.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Leave this document?</source>
        <translation>Dieses Dokument verlassen?</translation>
    </message>
    <message>
        <source>What is on this device stays here, but nothing new comes or goes. Only an owner can invite this account again.</source>
        <translation>Was auf diesem Gerät ist, bleibt hier, aber nichts Neues kommt oder geht. Nur ein Inhaber kann dieses Konto wieder einladen.</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>Verlassen</translation>
    </message>
</context>
<context>
    <name>Sharing</name>
    <message>
        <source>Sharing needs a relay, which keeps documents in step. Sign in to one, or let this computer be one for the local network.</source>
        <translation>Freigeben braucht ein Relay, das Dokumente auf demselben Stand hält: bei einem anmelden, oder diesen Computer für das lokale Netzwerk eines sein lassen.</translation>
    </message>
    <message>
        <source>This document belongs to the relay at %1. It can be shared after switching back to it (Account › Relays and accounts).</source>
        <translation>Dieses Dokument gehört zum Relay unter %1. Freigeben lässt es sich nach dem Wechsel dorthin (Konto › Relays und Konten).</translation>
    </message>
    <message>
        <source>This document is kept on this device only. Account › Relays and accounts sends it to the relay.</source>
        <translation>Dieses Dokument bleibt nur auf diesem Gerät. Konto › Relays und Konten sendet es an das Relay.</translation>
    </message>
    <message>
        <source>This document is no longer shared with this account.</source>
        <translation>Dieses Dokument ist für dieses Konto nicht mehr freigegeben.</translation>
    </message>
    <message>
        <source>The document is on its way to the relay; then it can be shared.</source>
        <translation>Das Dokument ist auf dem Weg zum Relay; danach lässt es sich freigeben.</translation>
    </message>
    <message>
        <source>Only owners invite people and change roles.</source>
        <translation>Nur Inhaber laden ein und ändern Rollen.</translation>
    </message>
    <message>
        <source>Not connected to the relay: who has access is not known here yet.</source>
        <translation>Nicht mit dem Relay verbunden: Wer Zugang hat, ist hier noch nicht bekannt.</translation>
    </message>
    <message>
        <source>Not connected to the relay, so nothing can be changed. The list is as of %1.</source>
        <translation>Nicht mit dem Relay verbunden, deshalb lässt sich nichts ändern. Die Liste ist vom %1.</translation>
    </message>
</context>
<context>
    <name>Shelf</name>
    <message>
        <source>Untitled</source>
        <translation>Ohne Titel</translation>
    </message>
    <message>
        <source>This cannot be done: another device has changed these folders meanwhile, or there would be too many in one another.</source>
        <translation>Das geht nicht: Ein anderes Gerät hat diese Ordner inzwischen geändert, oder es wären zu viele ineinander.</translation>
    </message>
    <message>
        <source>%1 (copy)</source>
        <translation>%1 (Kopie)</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Search in the shortcuts</source>
        <translation>In den Tastenkürzeln suchen</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>What is done</source>
        <translation>Was geschieht</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>On the page</source>
        <translation>Auf der Seite</translation>
    </message>
    <message>
        <source>No shortcut has this name. Try another word.</source>
        <translation>Kein Tastenkürzel heißt so. Vielleicht hilft ein anderes Wort.</translation>
    </message>
    <message>
        <source>New line in the same paragraph</source>
        <translation>Neue Zeile im selben Absatz</translation>
    </message>
    <message>
        <source>Check or uncheck; leave a quote or a code block</source>
        <translation>Haken setzen oder entfernen; Zitat oder Codeblock verlassen</translation>
    </message>
    <message>
        <source>Move an item of a list in or out</source>
        <translation>Listenpunkt ein- oder ausrücken</translation>
    </message>
    <message>
        <source>Move a section in the outline</source>
        <translation>Abschnitt in der Gliederung verschieben</translation>
    </message>
    <message>
        <source>Back to the page</source>
        <translation>Zurück zur Seite</translation>
    </message>
    <message>
        <source>What can be done here</source>
        <translation>Was sich hier tun lässt</translation>
    </message>
</context>
<context>
    <name>ShortcutsPage</name>
    <message>
        <source>Search by name or keys</source>
        <translation>Nach Namen oder Tasten suchen</translation>
    </message>
    <message>
        <source>Commands and their keys</source>
        <translation>Befehle und ihre Tasten</translation>
    </message>
    <message>
        <source>What is done</source>
        <translation>Was geschieht</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>New keys: press them</source>
        <translation>Neue Tasten: drücken</translation>
    </message>
    <message>
        <source>Press the new keys here</source>
        <translation>Hier die neuen Tasten drücken</translation>
    </message>
    <message>
        <source>&amp;Reset</source>
        <translation>&amp;Zurücksetzen</translation>
    </message>
    <message>
        <source>Reset &amp;all</source>
        <translation>&amp;Alle zurücksetzen</translation>
    </message>
    <message>
        <source>&amp;Take them over</source>
        <translation>Ü&amp;bernehmen</translation>
    </message>
    <message>
        <source>&amp;Keys</source>
        <translation>&amp;Tasten</translation>
    </message>
    <message>
        <source>no keys</source>
        <translation>keine Tasten</translation>
    </message>
    <message>
        <source>“%1” has no keys now.</source>
        <translation>„%1“ hat jetzt keine Tasten.</translation>
    </message>
    <message>
        <source>%1 is needed for writing. Press it with Ctrl or Alt.</source>
        <translation>%1 wird zum Schreiben gebraucht. Mit Strg oder Alt drücken.</translation>
    </message>
    <message>
        <source>%1 belongs to “%2” (%3).</source>
        <translation>%1 gehört zu „%2“ (%3).</translation>
    </message>
    <message>
        <source>%1: “%2”</source>
        <translation>%1: „%2“</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>Filter by title</source>
        <translation>Nach Titel filtern</translation>
    </message>
    <message>
        <source>Filter documents by title</source>
        <translation>Dokumente nach Titel filtern</translation>
    </message>
    <message>
        <source>New document (Ctrl+N)</source>
        <translation>Neues Dokument (Strg+N)</translation>
    </message>
    <message>
        <source>New document</source>
        <translation>Neues Dokument</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>Bibliothek</translation>
    </message>
    <message>
        <source>No title has these words.</source>
        <translation>Kein Titel enthält diese Wörter.</translation>
    </message>
    <message>
        <source>More titles have these words. Another word leads on.</source>
        <translation>Es gibt noch mehr solche Titel. Ein weiteres Wort führt weiter.</translation>
    </message>
    <message>
        <source>No documents yet. Ctrl+N begins one.</source>
        <translation>Noch keine Dokumente. Strg+N beginnt eines.</translation>
    </message>
</context>
<context>
    <name>SignInDialog</name>
    <message>
        <source>Sign in to a relay</source>
        <translation>Bei einem Relay anmelden</translation>
    </message>
    <message>
        <source>A relay keeps your documents in step with your team and your other devices.</source>
        <translation>Ein Relay hält die Dokumente mit dem Team und mit anderen Geräten auf demselben Stand.</translation>
    </message>
    <message>
        <source>&amp;Relay</source>
        <translation>&amp;Relay</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>&amp;Name</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Passwort</translation>
    </message>
    <message>
        <source>Relay</source>
        <translation>Relay</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>Signing in…</source>
        <translation>Anmeldung läuft…</translation>
    </message>
</context>
<context>
    <name>Spelling</name>
    <message>
        <source>Looking for suggestions…</source>
        <translation>Vorschläge werden gesucht…</translation>
    </message>
    <message>
        <source>&amp;Add “%1” to the dictionary</source>
        <translation>„%1“ ins Wörterbuch &amp;aufnehmen</translation>
    </message>
    <message>
        <source>&amp;Ignore “%1” for now</source>
        <translation>„%1“ vorerst &amp;ignorieren</translation>
    </message>
    <message>
        <source>No suggestions</source>
        <translation>Keine Vorschläge</translation>
    </message>
    <message>
        <source>The word could not be written to your list (%1).</source>
        <translation>Das Wort ließ sich nicht in die eigene Liste schreiben (%1).</translation>
    </message>
</context>
<context>
    <name>SpellingActions</name>
    <message>
        <source>Check &amp;spelling</source>
        <translation>&amp;Rechtschreibung prüfen</translation>
    </message>
    <message>
        <source>Next &amp;misspelling</source>
        <translation>&amp;Nächster Rechtschreibfehler</translation>
    </message>
    <message>
        <source>Check &amp;spelling (no dictionary: %1)</source>
        <translation>&amp;Rechtschreibung prüfen (kein Wörterbuch: %1)</translation>
    </message>
    <message>
        <source>There is no dictionary for %1. Install %2, then start Inkstand again.</source>
        <translation>Für %1 gibt es kein Wörterbuch. Bitte %2 installieren und Inkstand neu starten.</translation>
    </message>
    <message>
        <source>“%1”: misspelling %2 of %3</source>
        <translation>„%1“: Rechtschreibfehler %2 von %3</translation>
    </message>
    <message>
        <source>&amp;Next misspelling</source>
        <translation>&amp;Nächster Rechtschreibfehler</translation>
    </message>
    <message>
        <source>No misspelled words.</source>
        <translation>Keine Rechtschreibfehler.</translation>
    </message>
</context>
<context>
    <name>SpellingPage</name>
    <message>
        <source>&amp;Underline misspelled words</source>
        <translation>Falsch geschriebene Wörter &amp;unterstreichen</translation>
    </message>
    <message>
        <source>Also words in &amp;CAPITALS</source>
        <translation>Auch Wörter in &amp;GROSSBUCHSTABEN</translation>
    </message>
    <message>
        <source>Language of new texts</source>
        <translation>Sprache neuer Texte</translation>
    </message>
    <message>
        <source>As this computer (%1)</source>
        <translation>Wie dieser Computer (%1)</translation>
    </message>
    <message>
        <source>&amp;Language of texts that say none</source>
        <translation>&amp;Sprache von Texten ohne Angabe</translation>
    </message>
    <message>
        <source>Own words</source>
        <translation>Eigene Wörter</translation>
    </message>
    <message>
        <source>Own &amp;words, right in every language</source>
        <translation>Eigene &amp;Wörter, richtig in jeder Sprache</translation>
    </message>
    <message>
        <source>A word to add</source>
        <translation>Wort zum Hinzufügen</translation>
    </message>
    <message>
        <source>&amp;Add</source>
        <translation>&amp;Hinzufügen</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>The list of words could not be written (%1).</source>
        <translation>Die Liste der Wörter konnte nicht geschrieben werden (%1).</translation>
    </message>
</context>
<context>
    <name>Standing</name>
    <message>
        <source>The relay refused changes that you made here. They stay on this device: “Duplicate” in the File menu makes a document of your own of them, “Discard refused changes” puts the others’ text in their place.</source>
        <translation>Das Relay hat hier eigene Änderungen abgelehnt; auf diesem Gerät bleiben sie: „Duplizieren“ im Menü „Datei“ macht daraus ein eigenes Dokument, „Abgelehnte Änderungen verwerfen“ setzt den Text der anderen an ihre Stelle.</translation>
    </message>
</context>
<context>
    <name>Start</name>
    <message>
        <source>The database on this device is damaged, and nothing in it can be read.</source>
        <translation>Die Datenbank auf diesem Gerät ist beschädigt, und nichts darin ist lesbar.</translation>
    </message>
    <message>
        <source>The damaged file is kept in any case.</source>
        <translation>Die beschädigte Datei bleibt in jedem Fall erhalten.</translation>
    </message>
    <message>
        <source>Go Back to the Backup of %1</source>
        <translation>Zur Sicherung vom %1 zurückkehren</translation>
    </message>
    <message>
        <source>Begin Anew</source>
        <translation>Neu beginnen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>The database on this device is damaged. Reading what is left of it…</source>
        <translation>Die Datenbank auf diesem Gerät ist beschädigt. Lesbares wird gelesen…</translation>
    </message>
</context>
<context>
    <name>StatusDetails</name>
    <message>
        <source>Details of saving and connection</source>
        <translation>Einzelheiten zu Speichern und Verbindung</translation>
    </message>
    <message>
        <source>This document</source>
        <translation>Dieses Dokument</translation>
    </message>
    <message>
        <source>All documents</source>
        <translation>Alle Dokumente</translation>
    </message>
    <message>
        <source>Relay</source>
        <translation>Relay</translation>
    </message>
    <message>
        <source>Signed in as</source>
        <translation>Angemeldet als</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>Verbindung</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
    <message>
        <source>Last in step</source>
        <translation>Zuletzt abgeglichen</translation>
    </message>
    <message>
        <source>Retry now</source>
        <translation>Jetzt versuchen</translation>
    </message>
    <message>
        <source>Sign in…</source>
        <translation>Anmelden…</translation>
    </message>
    <message>
        <source>Copy diagnostics</source>
        <translation>Diagnose kopieren</translation>
    </message>
    <message>
        <source>Versions, states and counts for who helps: no text, no titles, no secrets</source>
        <translation>Versionen, Zustände und Zahlen für jemanden, der hilft: kein Text, keine Titel, keine Geheimnisse</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keines</translation>
    </message>
    <message>
        <source>nobody</source>
        <translation>niemand</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Retry now</source>
        <translation>Jetzt versuchen</translation>
    </message>
    <message>
        <source>Try to connect now</source>
        <translation>Jetzt eine Verbindung versuchen</translation>
    </message>
    <message>
        <source>Read only</source>
        <translation>Nur lesen</translation>
    </message>
    <message>
        <source>Pasting…</source>
        <translation>Wird eingefügt…</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Details of saving and connection</source>
        <translation>Einzelheiten zu Speichern und Verbindung</translation>
    </message>
    <message>
        <source>Pasting… %1 %, Esc stops it</source>
        <translation>Wird eingefügt… %1 %, Esc bricht ab</translation>
    </message>
    <message>
        <source>Where the text is saved: %1</source>
        <translation>Wo der Text gespeichert ist: %1</translation>
    </message>
    <message>
        <source>Last in step with the relay: %1</source>
        <translation>Zuletzt mit dem Relay abgeglichen: %1</translation>
    </message>
    <message>
        <source>Connection: %1</source>
        <translation>Verbindung: %1</translation>
    </message>
</context>
<context>
    <name>StoragePage</name>
    <message>
        <source>Backups</source>
        <translation>Sicherungen</translation>
    </message>
    <message>
        <source>&amp;Backups on this device, one a day</source>
        <translation>&amp;Sicherungen auf diesem Gerät, eine am Tag</translation>
    </message>
    <message>
        <source>Back up &amp;now</source>
        <translation>&amp;Jetzt sichern</translation>
    </message>
    <message>
        <source>&amp;Go back to this one…</source>
        <translation>Z&amp;u dieser zurückkehren…</translation>
    </message>
    <message>
        <source>&amp;Check everything</source>
        <translation>Alles &amp;prüfen</translation>
    </message>
    <message>
        <source>&amp;Export everything…</source>
        <translation>Alles &amp;exportieren…</translation>
    </message>
    <message>
        <source>Cance&amp;l</source>
        <translation>Abb&amp;rechen</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>Was gefunden wurde</translation>
    </message>
    <message>
        <source>Documents and their history</source>
        <translation>Dokumente und ihr Verlauf</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Index for searching</source>
        <translation>Verzeichnis für die Suche</translation>
    </message>
    <message>
        <source>All together</source>
        <translation>Alles zusammen</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Abgebrochen.</translation>
    </message>
    <message>
        <source>The backup is made, and was read once to be sure.</source>
        <translation>Die Sicherung ist fertig und wurde zur Probe gelesen.</translation>
    </message>
    <message>
        <source>Making a backup…</source>
        <translation>Eine Sicherung entsteht…</translation>
    </message>
    <message>
        <source>All documents become what they were then. What is here now is kept in a folder of the profile that begins with “replaced-”. What others have written since then comes back from the relay. Inkstand closes its windows and opens them again.</source>
        <translation>Alle Dokumente werden, was sie damals waren. Was jetzt hier ist, bleibt in einem Ordner des Profils, der mit „replaced-“ beginnt. Was andere seitdem geschrieben haben, kommt vom Relay zurück. Inkstand schließt seine Fenster und öffnet sie wieder.</translation>
    </message>
    <message>
        <source>Go back to the backup of %1?</source>
        <translation>Zur Sicherung vom %1 zurückkehren?</translation>
    </message>
    <message>
        <source>Go Back</source>
        <translation>Zurückkehren</translation>
    </message>
    <message>
        <source>Everything can be read.</source>
        <translation>Alles ist lesbar.</translation>
    </message>
    <message numerus="yes">
        <source>%Ln things are amiss:</source>
        <translation>
            <numerusform>%Ln Fehler:</numerusform>
            <numerusform>%Ln Fehler:</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading everything…</source>
        <translation>Alles wird gelesen…</translation>
    </message>
    <message>
        <source>Export everything to a folder</source>
        <translation>Alles in einen Ordner exportieren</translation>
    </message>
    <message numerus="yes">
        <source>%Ln documents are in %1.</source>
        <translation>
            <numerusform>%Ln Dokument liegt in %1.</numerusform>
            <numerusform>%Ln Dokumente liegen in %1.</numerusform>
        </translation>
    </message>
    <message>
        <source>Writing files…</source>
        <translation>Dateien werden geschrieben…</translation>
    </message>
</context>
<context>
    <name>Surface</name>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Write something you want to keep.</source>
        <translation>Hier ist Platz für etwas, das bleiben soll.</translation>
    </message>
</context>
<context>
    <name>Switcher</name>
    <message>
        <source>Go to document</source>
        <translation>Zu Dokument wechseln</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>Ohne Titel</translation>
    </message>
    <message>
        <source>No document has such a title.</source>
        <translation>Kein Dokument hat so einen Titel.</translation>
    </message>
</context>
<context>
    <name>TagsDialog</name>
    <message>
        <source>Tags</source>
        <translation>Schlagwörter</translation>
    </message>
    <message>
        <source>&amp;New tag</source>
        <translation>&amp;Neues Schlagwort</translation>
    </message>
    <message>
        <source>Tags of the &amp;selected documents</source>
        <translation>Schlagwörter der ausgewählten &amp;Dokumente</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
</context>
<context>
    <name>Templates</name>
    <message>
        <source>Article</source>
        <translation>Artikel</translation>
    </message>
    <message>
        <source>Chapter</source>
        <translation>Kapitel</translation>
    </message>
    <message>
        <source>Meeting notes</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Letter</source>
        <translation>Brief</translation>
    </message>
</context>
<context>
    <name>UpdateDialog</name>
    <message>
        <source>Check for updates</source>
        <translation>Nach Updates suchen</translation>
    </message>
    <message>
        <source>What is new</source>
        <translation>Was neu ist</translation>
    </message>
    <message>
        <source>Try &amp;again</source>
        <translation>Noch &amp;einmal versuchen</translation>
    </message>
    <message>
        <source>Open the &amp;download page</source>
        <translation>Seite zum &amp;Herunterladen öffnen</translation>
    </message>
    <message>
        <source>Looking for a newer version…</source>
        <translation>Eine neuere Version wird gesucht…</translation>
    </message>
    <message>
        <source>There is a newer version: Inkstand %1. This is %2.</source>
        <translation>Es gibt eine neuere Version: Inkstand %1. Dies ist %2.</translation>
    </message>
    <message>
        <source>This is the newest version: Inkstand %1.</source>
        <translation>Dies ist die neueste Version: Inkstand %1.</translation>
    </message>
</context>
<context>
    <name>UpdatesPage</name>
    <message>
        <source>&amp;Look for new versions once a week</source>
        <translation>Einmal in der &amp;Woche nach neuen Versionen suchen</translation>
    </message>
    <message>
        <source>Inkstand then fetches a small signed list from %1 and tells you if there is a newer version. It says nothing about you, and never downloads or installs a program.</source>
        <translation>Inkstand holt dann eine kleine unterschriebene Liste von %1 und sagt Bescheid, wenn es eine neuere Version gibt. Dabei wird nichts Persönliches mitgeteilt, und nie wird ein Programm heruntergeladen oder installiert.</translation>
    </message>
    <message>
        <source>Look &amp;now…</source>
        <translation>&amp;Jetzt suchen…</translation>
    </message>
</context>
<context>
    <name>ViewActions</name>
    <message>
        <source>&amp;Outline</source>
        <translation>&amp;Gliederung</translation>
    </message>
    <message>
        <source>Side&amp;bar</source>
        <translation>Seiten&amp;leiste</translation>
    </message>
    <message>
        <source>&amp;Focus mode</source>
        <translation>&amp;Fokusmodus</translation>
    </message>
    <message>
        <source>&amp;Typewriter scrolling</source>
        <translation>Zeile in der &amp;Mitte halten</translation>
    </message>
    <message>
        <source>Others’ c&amp;arets</source>
        <translation>Schreibmarken &amp;anderer</translation>
    </message>
    <message>
        <source>&amp;Who is here</source>
        <translation>&amp;Wer hier ist</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>&amp;Vergrößern</translation>
    </message>
    <message>
        <source>&amp;Zoom out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>&amp;Normal size</source>
        <translation>N&amp;ormale Größe</translation>
    </message>
    <message>
        <source>&amp;Page…</source>
        <translation>&amp;Seite…</translation>
    </message>
    <message>
        <source>As the s&amp;ystem</source>
        <translation>Wie das S&amp;ystem</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Dunkel</translation>
    </message>
    <message>
        <source>&amp;Sepia</source>
        <translation>&amp;Sepia</translation>
    </message>
    <message>
        <source>Ne&amp;xt part of the window</source>
        <translation>Nächster Bere&amp;ich des Fensters</translation>
    </message>
    <message>
        <source>Pre&amp;vious part of the window</source>
        <translation>Voriger B&amp;ereich des Fensters</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Colours</source>
        <translation>Far&amp;ben</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>Spra&amp;che</translation>
    </message>
    <message>
        <source>Inkstand will speak %1 when you start it the next time.</source>
        <translation>Beim nächsten Start spricht Inkstand %1.</translation>
    </message>
</context>
<context>
    <name>WindowActions</name>
    <message>
        <source>&amp;New window</source>
        <translation>&amp;Neues Fenster</translation>
    </message>
    <message>
        <source>&amp;Document in a new window</source>
        <translation>&amp;Dokument in neuem Fenster</translation>
    </message>
    <message>
        <source>&amp;Close window</source>
        <translation>Fenster s&amp;chließen</translation>
    </message>
    <message>
        <source>Ne&amp;xt window</source>
        <translation>Nächstes F&amp;enster</translation>
    </message>
    <message>
        <source>&amp;Previous window</source>
        <translation>&amp;Voriges Fenster</translation>
    </message>
    <message>
        <source>&amp;Window</source>
        <translation>Fens&amp;ter</translation>
    </message>
    <message>
        <source>No document</source>
        <translation>Kein Dokument</translation>
    </message>
</context>
<context>
    <name>WordLabel</name>
    <message>
        <source>%1 of %2 words</source>
        <translation>%1 von %2 Wörtern</translation>
    </message>
    <message numerus="yes">
        <source>%Ln words</source>
        <translation>
            <numerusform>%Ln Wort</numerusform>
            <numerusform>%Ln Wörter</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 words today, the goal is reached</source>
        <translation>Heute %1 von %2 Wörtern, das Ziel ist erreicht</translation>
    </message>
    <message>
        <source>%1 of %2 words today</source>
        <translation>Heute %1 von %2 Wörtern</translation>
    </message>
    <message numerus="yes">
        <source>%Ln words today</source>
        <translation>
            <numerusform>Heute %Ln Wort</numerusform>
            <numerusform>Heute %Ln Wörter</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WordPopup</name>
    <message>
        <source>Words</source>
        <translation>Wörter</translation>
    </message>
    <message>
        <source>words</source>
        <translation>Wörter</translation>
    </message>
    <message>
        <source>characters</source>
        <translation>Zeichen</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>Dokument</translation>
    </message>
    <message>
        <source>Selection</source>
        <translation>Auswahl</translation>
    </message>
    <message>
        <source>This session</source>
        <translation>Diese Sitzung</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>&amp;Goal for the day</source>
        <translation>&amp;Tagesziel</translation>
    </message>
    <message>
        <source>Goal for the day, in words</source>
        <translation>Tagesziel in Wörtern</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keins</translation>
    </message>
</context>
<context>
    <name>_Line</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel importing and exporting</source>
        <translation>Importieren und Exportieren abbrechen</translation>
    </message>
</context>
</TS>
