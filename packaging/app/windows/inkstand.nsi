; The installer for Windows, for the person who runs it: no administrator, nothing outside of their
; own folders. On any system that has makensis:
;
;   makensis -INPUTCHARSET UTF8 -DVERSION=0.1.0 -DPAYLOAD=/path/to/dist/inkstand \
;       -DICON=/path/to/inkstand.ico -DOUTPUT=/path/to/inkstand-0.1.0-setup.exe inkstand.nsi
;
; PAYLOAD is the folder that PyInstaller makes. SIGN, if given, is a command that signs the file whose
; name is put behind it: the installer and the uninstaller are signed with it, the payload before.
;
;   inkstand-setup.exe /S [/D=C:\folder]      installs, or upgrades in place, without a word
;   "C:\folder\uninstall.exe" /S              and removes it again; documents stay
;
; Exit codes: 2 Inkstand is running, and nothing was changed; 3 this Windows is too old.

Unicode true
!ifdef TARGET
  Target ${TARGET} ; amd64-unicode, where makensis has it: for Wine without 32 bits
!endif
SetCompressor /SOLID lzma
ManifestDPIAware true
RequestExecutionLevel user

!include "MUI2.nsh"
!include "LogicLib.nsh"
!include "WinVer.nsh"
!include "x64.nsh"

!define CLASSES "Software\Classes"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Inkstand"

Name "Inkstand"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\Inkstand"
; An upgrade goes where the program is.
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
BrandingText "Inkstand ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=0 "ProductName" "Inkstand"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileDescription" "Inkstand installer"
VIAddVersionKey /LANG=0 "LegalCopyright" "The Inkstand founders, Apache-2.0"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\inkstand.exe"
!define MUI_COMPONENTSPAGE_NODESC
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

LangString Running ${LANG_ENGLISH} "Inkstand is running. Close its windows, then try again."
LangString Running ${LANG_GERMAN} "Inkstand läuft noch. Erst alle Fenster schließen, dann noch einmal versuchen."
LangString TooOld ${LANG_ENGLISH} "Inkstand needs a 64-bit Windows 10 or newer."
LangString TooOld ${LANG_GERMAN} "Inkstand braucht ein 64-Bit-Windows 10 oder neuer."
LangString Program ${LANG_ENGLISH} "Inkstand"
LangString Program ${LANG_GERMAN} "Inkstand"
LangString StartMenu ${LANG_ENGLISH} "In the Start menu"
LangString StartMenu ${LANG_GERMAN} "Im Startmenü"
LangString Files ${LANG_ENGLISH} "Open .inkstand files and invite links; offer to open .md files"
LangString Files ${LANG_GERMAN} ".inkstand-Dateien und Einladungen öffnen; .md-Dateien anbieten"
LangString Document ${LANG_ENGLISH} "Inkstand document"
LangString Document ${LANG_GERMAN} "Inkstand-Dokument"

!ifdef SIGN
  !finalize '${SIGN} "%1"' = 0
  !uninstfinalize '${SIGN} "%1"' = 0
!endif

; A program that runs cannot be opened for writing.
!macro WaitUntilClosed
  ${Do}
    ${IfNot} ${FileExists} "$INSTDIR\inkstand.exe"
      ${ExitDo}
    ${EndIf}
    ClearErrors
    FileOpen $0 "$INSTDIR\inkstand.exe" a
    ${IfNot} ${Errors}
      FileClose $0
      ${ExitDo}
    ${EndIf}
    ${If} ${Cmd} 'MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(Running)" /SD IDCANCEL IDCANCEL'
      SetErrorLevel 2
      Quit
    ${EndIf}
  ${Loop}
!macroend

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONSTOP "$(TooOld)" /SD IDOK
    SetErrorLevel 3
    Quit
  ${EndIf}
FunctionEnd

Section "$(Program)" SectionProgram
  SectionIn RO
  !insertmacro WaitUntilClosed
  ; Nothing of an earlier version may stay: Python would import it.
  RMDir /r "$INSTDIR\_internal"
  SetOutPath "$INSTDIR"
  File /r "${PAYLOAD}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Inkstand"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Inkstand founders"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\inkstand.exe"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  SectionGetSize ${SectionProgram} $0
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $0
SectionEnd

Section "$(StartMenu)"
  CreateShortcut "$SMPROGRAMS\Inkstand.lnk" "$INSTDIR\inkstand.exe"
SectionEnd

Section "$(Files)" SectionFiles
  !define OPEN '"$INSTDIR\inkstand.exe" "%1"'
  WriteRegStr HKCU "${CLASSES}\Inkstand.Document" "" "$(Document)"
  WriteRegStr HKCU "${CLASSES}\Inkstand.Document\DefaultIcon" "" "$INSTDIR\inkstand.exe,0"
  WriteRegStr HKCU "${CLASSES}\Inkstand.Document\shell\open\command" "" '${OPEN}'
  WriteRegStr HKCU "${CLASSES}\.inkstand" "" "Inkstand.Document"
  WriteRegStr HKCU "${CLASSES}\.inkstand\OpenWithProgids" "Inkstand.Document" ""
  ; Markdown belongs to whom the person has chosen for it; this is one more to choose from.
  WriteRegStr HKCU "${CLASSES}\Inkstand.Markdown" "" "Markdown"
  WriteRegStr HKCU "${CLASSES}\Inkstand.Markdown\shell\open\command" "" '${OPEN}'
  WriteRegStr HKCU "${CLASSES}\.md\OpenWithProgids" "Inkstand.Markdown" ""
  WriteRegStr HKCU "${CLASSES}\inkstand" "" "URL:Inkstand"
  WriteRegStr HKCU "${CLASSES}\inkstand" "URL Protocol" ""
  WriteRegStr HKCU "${CLASSES}\inkstand\shell\open\command" "" '${OPEN}'
  ; So that it stands among the default apps in the settings of Windows.
  WriteRegStr HKCU "Software\Inkstand\Capabilities" "ApplicationName" "Inkstand"
  WriteRegStr HKCU "Software\Inkstand\Capabilities" "ApplicationDescription" "Write offline and together"
  WriteRegStr HKCU "Software\Inkstand\Capabilities\FileAssociations" ".inkstand" "Inkstand.Document"
  WriteRegStr HKCU "Software\Inkstand\Capabilities\FileAssociations" ".md" "Inkstand.Markdown"
  WriteRegStr HKCU "Software\Inkstand\Capabilities\URLAssociations" "inkstand" "inkstand"
  WriteRegStr HKCU "Software\RegisteredApplications" "Inkstand" "Software\Inkstand\Capabilities"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd

Section "un.Inkstand"
  !insertmacro WaitUntilClosed
  ; By name: nobody knows what else is in the folder that somebody chose.
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  Delete "$INSTDIR\inkstand.exe"
  Delete "$INSTDIR\inkstand-cli.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Inkstand.lnk"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "${CLASSES}\Inkstand.Document"
  DeleteRegKey HKCU "${CLASSES}\Inkstand.Markdown"
  DeleteRegKey HKCU "${CLASSES}\inkstand"
  DeleteRegValue HKCU "${CLASSES}\.inkstand\OpenWithProgids" "Inkstand.Document"
  DeleteRegValue HKCU "${CLASSES}\.md\OpenWithProgids" "Inkstand.Markdown"
  ReadRegStr $0 HKCU "${CLASSES}\.inkstand" ""
  ${If} $0 == "Inkstand.Document"
    DeleteRegKey HKCU "${CLASSES}\.inkstand"
  ${EndIf}
  DeleteRegKey HKCU "Software\Inkstand"
  DeleteRegValue HKCU "Software\RegisteredApplications" "Inkstand"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
  ; The profile (documents, settings, backups) stays where it is.
SectionEnd
